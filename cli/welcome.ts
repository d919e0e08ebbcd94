import path from 'node:path';
import type { Credentials } from '../stack/home';
import { authorization } from './client';
import { DEMO_PROJECT_ID } from './example';

/** A command to copy that creates the example task with this stack's credentials. */
export function curlExample(url: string, credentials: Credentials): string {
  const headers = { 'Content-Type': 'application/json', ...authorization(credentials) };
  return [
    `curl -s ${url}/apigw/fast_create_task/${DEMO_PROJECT_ID}/`,
    ...Object.entries(headers).map(([name, value]) => `  -H ${quote(`${name}: ${value}`)}`),
    `  -d @${quote(path.join(__dirname, 'example', 'fast_create_task.json'))}`,
  ].join(' \\\n');
}

/** One word for a POSIX shell, whatever is in it. */
function quote(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
