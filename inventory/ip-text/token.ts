import { MAX_INTEGER } from '../../db/schema';
import { canonicalIp } from './address';

/** One piece of an IP text, without blanks and bars. */
export type Piece = { hostId: number } | { cloudId: number | undefined; addresses: Span };

/** An address, and how many with it: of a range more than one. */
interface Span {
  first: string;
  count: number;
}

/** No form of an address is longer: `2147483647:[` and so on. */
const MAX_LENGTH = 64;
const WITH_CLOUD = /^(\d{1,10}):(?:\[([^\]]*)\]|([\d.-]+))$/;
const RANGE = /^(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})-([\d.]+)$/;

/**
 * Reads `ip`, `cloud:ip`, `cloud:[v6]`, `v6`, `[v6]`, ranges of IPv4 (`10.0.0.1-10.0.0.9`, `10.0.0.1-9`) and host ids.
 *
 * @returns undefined when it is none of them
 */
export function readPiece(text: string): Piece | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const piece = text.replaceAll('：', ':');
  if (/^\d+$/.test(piece)) return isId(piece, 1) ? { hostId: Number(piece) } : undefined;
  const plain = spanOf(piece) ?? spanOfIpv6(piece);
  if (plain) return { cloudId: undefined, addresses: plain };
  const [, cloud, inBrackets, bare] = WITH_CLOUD.exec(piece) ?? [];
  if (cloud === undefined || !isId(cloud, 0)) return undefined;
  const addresses = inBrackets === undefined ? spanOf(bare!) : spanOfIpv6(`[${inBrackets}]`);
  return addresses && { cloudId: Number(cloud), addresses };
}

export function expand({ first, count }: Span): string[] {
  if (count === 1) return [first];
  const start = numberOf(first);
  return Array.from({ length: count }, (_, index) => addressOf(start + index));
}

function spanOf(text: string): Span | undefined {
  const address = canonicalIp(text);
  if (address !== undefined) return { first: address, count: 1 };
  const [, from, to] = RANGE.exec(text) ?? [];
  if (from === undefined) return undefined;
  const first = canonicalIp(from);
  const last = canonicalIp(to!.includes('.') ? to! : `${from.slice(0, from.lastIndexOf('.'))}.${to}`);
  if (first === undefined || last === undefined) return undefined;
  const count = numberOf(last) - numberOf(first) + 1;
  return count >= 1 ? { first, count } : undefined;
}

function spanOfIpv6(text: string): Span | undefined {
  if (!text.startsWith('[') || !text.endsWith(']') || !text.includes(':')) return undefined;
  const address = canonicalIp(text.slice(1, -1));
  return address === undefined ? undefined : { first: address, count: 1 };
}

function isId(digits: string, least: number): boolean {
  const id = Number(digits);
  return id >= least && id <= MAX_INTEGER;
}

function numberOf(ipv4: string): number {
  return ipv4.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

function addressOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
}
