import { lookup as resolve } from 'node:dns';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, buildConnector, fetch } from 'undici';

const MAX_ANSWER_BYTES = 2 * 1024 * 1024;

/** Never of use to a deploy and the usual goal of forged requests: this machine itself and cloud metadata services. */
const FORBIDDEN_RANGES = new Set(['loopback', 'linkLocal', 'unspecified', 'broadcast', 'multicast', 'reserved']);

export interface Request {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
  timeoutMs: number;
  signal: AbortSignal;
}

export interface Response {
  status: number;
  text: string;
}

/**
 * Sends a request to an address that plugins may reach: the address that is dialled is the one that was checked.
 * `GANTRY_HTTP_ALLOW` lists hosts and addresses that are allowed besides, separated by commas.
 *
 * @throws Error naming the host when it is not allowed, or the network's own error
 */
export async function request({ method, url, headers, body, timeoutMs, signal }: Request): Promise<Response> {
  const { protocol } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new Error(`only http and https are allowed, not ${protocol}`);
  try {
    const response = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      dispatcher: agent,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    return { status: response.status, text: await readText(response.body) };
  } catch (error) {
    throw new Error(`request failed: ${innermost(error).message}`, { cause: error });
  }
}

const connect = buildConnector({
  lookup(hostname, options, callback) {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const refused = error ?? addresses.map(({ address }) => refusalOf(hostname, address)).find(Boolean);
      if (refused) return callback(refused as NodeJS.ErrnoException, [] as never);
      if (options.all) return callback(null, addresses as never);
      callback(null, addresses[0]!.address as never, addresses[0]!.family);
    });
  },
});

/** Host names are checked as they are resolved; literal addresses are not resolved. */
const agent = new Agent({
  connect(options, callback) {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    const refused = isIP(host) ? refusalOf(host, host) : undefined;
    if (refused) return callback(refused, null);
    connect(options, callback);
  },
});

function refusalOf(host: string, address: string): Error | undefined {
  const allowed = (process.env.GANTRY_HTTP_ALLOW ?? '').split(',').map((entry) => entry.trim());
  if (allowed.includes(host) || allowed.includes(address)) return undefined;
  const range = ipaddr.process(address).range();
  if (!FORBIDDEN_RANGES.has(range)) return undefined;
  return new Error(`${host} is a ${range} address, which requests may not reach unless GANTRY_HTTP_ALLOW names it`);
}

async function readText(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function innermost(error: unknown): Error {
  let cause = error as Error;
  while (cause.cause instanceof Error) cause = cause.cause;
  return cause;
}
