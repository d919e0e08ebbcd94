import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { parseAddress } from '../../base/networks';

/** What proxies add: behind one, everybody comes from its address. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/**
 * Whether somebody may read the metrics: with a token who knows it; without one, who asks from this machine and not through
 * a proxy on it.
 *
 * @param token empty: there is none
 */
export function mayReadMetrics(context: Context, token: string): boolean {
  if (token !== '') return isSame(context.req.header('authorization') ?? '', `Bearer ${token}`);
  return isLocal(context) && FORWARDED.every((name) => context.req.header(name) === undefined);
}

function isLocal(context: Context): boolean {
  const { incoming } = (context.env ?? {}) as { incoming?: IncomingMessage };
  return parseAddress(incoming?.socket.remoteAddress ?? '')?.range() === 'loopback';
}

/** In a time that says nothing of how much of it is right. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
