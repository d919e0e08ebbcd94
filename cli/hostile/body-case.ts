import { Agent, type IncomingMessage, request } from 'node:http';
import { stringifyJson } from '../../base/json';
import type { Complaint } from '../tally';
import type { HostileCase } from './load';
import { type DescribedBody, describeBody, makeBody } from './shorthand';

const EXPECTED = [401, 413];
const ANSWER_WITHIN_MS = 30_000;
/** A connection may be reset before its answer was read: the server need not read on. */
const TRIES = 3;
const CHUNK_BYTES = 256 * 1024;

/** Sends a described body to every kind of address that takes one, with and without a length in front. */
export async function checkBody(url: string, projectId: number, { text }: HostileCase): Promise<Complaint> {
  const described = describeBody(text);
  const body = makeBody(described);
  const complaints: string[] = [];
  for (const path of pathsOf(projectId, described)) {
    for (const length of ['known', 'unknown'] as const) {
      const status = await statusOf(`${url}${path}`, headersOf(described), body, length);
      if (!EXPECTED.includes(Number(status))) complaints.push(`${path} answers ${status} (length ${length})`);
    }
  }
  return complaints.length === 0 ? undefined : `${complaints.join(', ')}; expected ${EXPECTED.join(' or ')}`;
}

function pathsOf(projectId: number, { credentials }: DescribedBody): string[] {
  // In the style of the ESB they are in query or body, not in a header.
  const query = credentials === 'wrong' ? `?${new URLSearchParams(WRONG)}` : '';
  return [
    `/apigw/fast_create_task/${projectId}/`,
    `/api/c/compapi/v2/sops/fast_create_task/${query}`,
    '/callback/no-token-of-anything/',
  ];
}

const WRONG = { bk_app_code: 'nobody', bk_app_secret: 'wrong', bk_username: 'nobody' };

function headersOf({ credentials }: DescribedBody): Record<string, string> {
  const headers = { 'content-type': 'application/json' };
  return credentials === 'wrong' ? { ...headers, 'X-Bkapi-Authorization': stringifyJson(WRONG) } : headers;
}

/** The status of the answer, or why there was none. */
async function statusOf(
  url: string,
  headers: Record<string, string>,
  body: Buffer,
  length: 'known' | 'unknown',
): Promise<number | string> {
  const all = length === 'known' ? { ...headers, 'content-length': String(body.length) } : headers;
  for (let left = TRIES; ; left--) {
    const answer = await send(url, all, body);
    if (typeof answer === 'number' || left === 1) return answer;
  }
}

/** Sends until there is an answer: who refuses a body need not read it. */
function send(url: string, headers: Record<string, string>, body: Buffer): Promise<number | string> {
  return new Promise((resolve) => {
    const agent = new Agent();
    const outgoing = request(url, { method: 'POST', headers, agent, timeout: ANSWER_WITHIN_MS });
    let answer: IncomingMessage | undefined;
    function end(result: number | string) {
      resolve(result);
      outgoing.destroy();
      agent.destroy();
    }
    outgoing.on('response', (response) => {
      answer = response;
      response.resume();
      response.on('error', () => {});
      end(response.statusCode!);
    });
    outgoing.on('timeout', () => end(`nothing in ${ANSWER_WITHIN_MS / 1000} s`));
    outgoing.on('error', (error) => {
      if (!answer) end((error as NodeJS.ErrnoException).code ?? error.message);
    });
    let sent = 0;
    function pour(): void {
      while (!answer && !outgoing.destroyed && sent < body.length) {
        const chunk = body.subarray(sent, sent + CHUNK_BYTES);
        sent += chunk.length;
        if (!outgoing.write(chunk)) {
          outgoing.once('drain', pour);
          return;
        }
      }
      if (!outgoing.destroyed) outgoing.end();
    }
    pour();
  });
}
