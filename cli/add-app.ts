import { ensureDemo } from '../db/demo';
import { makeAppSecret } from './stack/backends';

/**
 * `gantry add-app CODE USER`: gives an app a new secret and makes its user, on the database of DATABASE_URL, with the
 * demo project where there is none. Prints the credentials as JSON, once: only a hash of the secret is kept.
 */
export async function addApp(code: string, username: string): Promise<number> {
  const databaseUrl = process.env.DATABASE_URL;
  if (!databaseUrl) throw new Error('gantry add-app needs DATABASE_URL');
  const credentials = { app_code: code, app_secret: makeAppSecret(), username };
  await ensureDemo(databaseUrl, credentials);
  process.stdout.write(`${JSON.stringify(credentials)}\n`);
  return 0;
}
