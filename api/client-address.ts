import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

/** Hosts of one customer have a whole /64 to choose from. */
const IPV6_PREFIX = 64;

/**
 * Reads a list of addresses and networks, `10.0.0.1, 10.1.0.0/16`.
 *
 * @throws Error naming what is neither
 */
export function parseNetworks(text: string): Range[] {
  const words = text.split(',').map((word) => word.trim());
  return words.filter((word) => word !== '').map(parseNetwork);
}

function parseNetwork(word: string): Range {
  try {
    if (word.includes('/')) return ipaddr.parseCIDR(word);
    const address = ipaddr.process(word);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch (cause) {
    throw new Error(`${word} is no address and no network`, { cause });
  }
}

/**
 * Where a request comes from: the address of its connection, or, when that is a trusted proxy's, the last one of
 * `X-Forwarded-For` that is not. Of an IPv6 address its network. Empty when there is no connection.
 */
export function clientAddress(context: Context, trusted: readonly Range[]): string {
  const { incoming } = (context.env ?? {}) as { incoming?: IncomingMessage };
  const connection = parseAddress(incoming?.socket.remoteAddress ?? '');
  if (!connection) return '';
  let client = connection;
  const forwarded = trusted.length === 0 ? [] : (context.req.header('x-forwarded-for') ?? '').split(',');
  while (forwarded.length > 0 && isWithin(client, trusted)) {
    const before = parseAddress(forwarded.pop()!);
    if (!before) break;
    client = before;
  }
  return client.kind() === 'ipv4' ? client.toString() : networkOf(client as ipaddr.IPv6);
}

/** As proxies write them: some with a port, some in brackets. */
function parseAddress(word: string): Address | undefined {
  const text = word.trim().replace(/^\[(.*)\](:\d+)?$/, '$1');
  const plain = /^\d+\.\d+\.\d+\.\d+:\d+$/.test(text) ? text.slice(0, text.indexOf(':')) : text;
  return ipaddr.isValid(plain) ? ipaddr.process(plain) : undefined;
}

function isWithin(address: Address, networks: readonly Range[]): boolean {
  return networks.some((network) => network[0].kind() === address.kind() && address.match(network));
}

function networkOf(address: ipaddr.IPv6): string {
  const parts = address.parts.map((part, index) => (index * 16 < IPV6_PREFIX ? part : 0));
  return `${new ipaddr.IPv6(parts)}/${IPV6_PREFIX}`;
}
