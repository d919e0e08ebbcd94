import { lookup as resolve } from 'node:dns';
import { isIP } from 'node:net';
import { isNativeError } from 'node:util/types';
import { Agent, buildConnector, fetch } from 'undici';
import { stringifyJson } from '../base/json';
import { isNeverDialled, kindOf, parseAddress } from '../base/networks';
import { timeLimit } from '../base/time-limit';
import { errorKind, PluginFailure } from './plugin';

const MAX_ANSWER_BYTES = 2 * 1024 * 1024;

/** Besides what nobody dials: this machine itself, and what is no address of anybody's yet. */
const FORBIDDEN_RANGES = new Set(['loopback', 'reserved']);

export interface HttpRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
  timeoutMs: number;
  signal: AbortSignal;
  /** `manual`: a redirect is the answer. Default: it is followed. */
  redirect?: 'follow' | 'manual';
}

export interface HttpResponse {
  status: number;
  text: string;
}

/**
 * Sends a request to an address that plugins may reach: the address that is dialled is the one that was checked, that
 * of a redirect too. `GANTRY_HTTP_ALLOW` lists hosts and addresses that are allowed besides, separated by commas.
 *
 * @throws PluginFailure naming the host when it is not allowed, or with the network's own error
 */
export async function request({
  method,
  url,
  headers,
  body,
  timeoutMs,
  signal,
  redirect = 'follow',
}: HttpRequest): Promise<HttpResponse> {
  const { protocol } = parseUrl(url);
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new PluginFailure(
      `only http and https are allowed, not ${protocol}`,
      {},
      { plain: 'only http and https are allowed' },
    );
  }
  const limit = timeLimit(timeoutMs, [signal]);
  try {
    const response = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      dispatcher: agent,
      redirect,
      signal: limit.signal,
    });
    return { status: response.status, text: await readText(response.body) };
  } catch (error) {
    const cause = innermost(error);
    const plain = `request failed: ${plainOf(cause)}`;
    throw new PluginFailure(`request failed: ${cause.message}`, {}, { cause: error, plain });
  } finally {
    limit.clear();
  }
}

/** The address is not one that requests may go to. */
class NotAllowed extends PluginFailure {}

/** What the network says when there is no connection on which anything could have been sent. */
const NOT_CONNECTED = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
]);

/** Whether a request that failed was surely not sent. */
export function wasNotSent(error: unknown): boolean {
  const cause = innermost(error);
  return cause instanceof NotAllowed || NOT_CONNECTED.has((cause as { code?: string }).code ?? '');
}

function parseUrl(url: string): URL {
  try {
    return new URL(url);
  } catch (cause) {
    throw new PluginFailure(
      `${stringifyJson(url)} is not an address`,
      {},
      { cause, plain: 'the URL is not an address' },
    );
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
  const range = kindOf(parseAddress(address)!);
  if (!isNeverDialled(range) && !FORBIDDEN_RANGES.has(range)) return undefined;
  const rule = 'which requests may not reach unless GANTRY_HTTP_ALLOW names it';
  return new NotAllowed(
    `${host} is a ${range} address, ${rule}`,
    {},
    { plain: `the host is a ${range} address, ${rule}` },
  );
}

async function readText(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) {
      const message = `the answer is larger than ${MAX_ANSWER_BYTES} bytes`;
      throw new PluginFailure(message, {}, { plain: message });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function innermost(error: unknown): Error {
  let cause = error as Error;
  // Errors of Node itself are of another realm under Jest: `instanceof` does not know them.
  while (isNativeError(cause.cause)) cause = cause.cause;
  return cause;
}

/** What kind of error it was: the network's messages quote hosts, methods and headers. */
function plainOf(error: Error): string {
  return (error as Partial<PluginFailure>).plain ?? errorKind(error);
}
