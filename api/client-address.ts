import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import ipaddr from 'ipaddr.js';
import { type Address, isWithin, type Network, parseAddress } from '../base/networks';

/** Hosts of one customer have a whole /64 to choose from. */
const IPV6_PREFIX = 64;

/**
 * Where a request comes from, for those who count requests: of an IPv6 address its network. Empty when there is no
 * connection.
 */
export function clientAddress(context: Context, trusted: readonly Network[]): string {
  const client = clientOf(context, trusted);
  if (!client) return '';
  return client.kind() === 'ipv4' ? client.toString() : networkOf(client as ipaddr.IPv6);
}

/**
 * The address of a request's connection, or, when that is a trusted proxy's, the last one of `X-Forwarded-For` that is not;
 * undefined when there is no connection.
 */
export function clientOf(context: Context, trusted: readonly Network[]): Address | undefined {
  const { incoming } = (context.env ?? {}) as { incoming?: IncomingMessage };
  const connection = readAddress(incoming?.socket.remoteAddress ?? '');
  if (!connection) return undefined;
  let client = connection;
  const forwarded = trusted.length === 0 ? [] : (context.req.header('x-forwarded-for') ?? '').split(',');
  while (forwarded.length > 0 && isWithin(client, trusted)) {
    const before = readAddress(forwarded.pop()!);
    if (!before) break;
    client = before;
  }
  return client;
}

/** As proxies write them: some with a port, some in brackets. */
function readAddress(word: string): Address | undefined {
  const text = word.trim().replace(/^\[(.*)\](:\d+)?$/, '$1');
  const plain = /^\d+\.\d+\.\d+\.\d+:\d+$/.test(text) ? text.slice(0, text.indexOf(':')) : text;
  return parseAddress(plain);
}

function networkOf(address: ipaddr.IPv6): string {
  const parts = address.parts.map((part, index) => (index * 16 < IPV6_PREFIX ? part : 0));
  return `${new ipaddr.IPv6(parts)}/${IPV6_PREFIX}`;
}
