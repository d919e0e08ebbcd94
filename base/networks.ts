import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;
/** An address of a network, and how many of its bits are the network's. */
export type Network = readonly [Address, number];

const IPV4_BITS = 32;
const IPV6_BITS = 128;

/** Services of clouds that tell credentials, outside of the link-local range: of Alibaba, Amazon (two), Google and Oracle. */
const METADATA_ADDRESSES = new Set([
  '100.100.100.200',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
  'fd00:c1::a9fe:a9fe',
]);

/**
 * What is of no use to a deploy and the usual goal of forged requests: what is no single machine, metadata services, and IPv6
 * addresses that stand for an IPv4 one, which a gateway on the way may translate to any of these.
 */
const NEVER = new Set([
  'metadata service',
  ...['linkLocal', 'unspecified', 'broadcast', 'multicast'],
  ...['rfc6052', 'rfc6145', '6to4', 'teredo', 'ipv4Compatible'],
]);

/** `::10.0.0.1`, which the library knows nothing of: it means the same machine as 10.0.0.1 to a host with such a tunnel. */
const IPV4_COMPATIBLE: Network = [ipaddr.parse('::'), 96];

/**
 * Reads a list of addresses and networks, `10.0.0.1, 10.1.0.0/16`.
 *
 * @throws Error naming what is neither
 */
export function parseNetworks(text: string): Network[] {
  const words = text.split(',').map((word) => word.trim());
  return words.filter((word) => word !== '').map(parseNetwork);
}

function parseNetwork(word: string): Network {
  const [, text = word, prefix] = /^([^/]*)\/(\d{1,3})$/.exec(word) ?? [];
  const address = parseAddress(text);
  if (address) {
    const written = text.includes(':') ? IPV6_BITS : IPV4_BITS;
    const size = address.kind() === 'ipv4' ? IPV4_BITS : IPV6_BITS;
    const bits = (prefix === undefined ? written : Number(prefix)) - (written - size);
    if (bits >= 0 && bits <= size) return [address, bits];
  }
  throw new Error(`${word} is no address and no network`);
}

/** An IP address as it is usually written; one of IPv6 that stands for one of IPv4 (`::ffff:10.0.0.1`) is that one. */
export function parseAddress(text: string): Address | undefined {
  const [plain = ''] = text.split('%', 1);
  if (ipaddr.IPv4.isValidFourPartDecimal(plain)) return ipaddr.IPv4.parse(plain);
  return ipaddr.IPv6.isValid(plain) ? ipaddr.process(withoutDots(plain)) : undefined;
}

/** An IPv6 address with its last four bytes as hex: the library takes `::1.2.3.4` for `::ffff:1.2.3.4`, which is another one. */
export function withoutDots(ipv6: string): string {
  return ipv6.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...found) => {
    const [a, b, c, d] = found.slice(0, 4).map(Number) as [number, number, number, number];
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
}

export function isWithin(address: Address, networks: readonly Network[]): boolean {
  return networks.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
}

/** What kind of address it is, in the words of `ipaddr.js`, or `metadata service`. */
export function kindOf(address: Address): string {
  if (METADATA_ADDRESSES.has(address.toString())) return 'metadata service';
  const range = address.range();
  return range === 'unicast' && isWithin(address, [IPV4_COMPATIBLE]) ? 'ipv4Compatible' : range;
}

/** Whether an address of such a kind is dialled by nobody. */
export function isNeverDialled(kind: string): boolean {
  return NEVER.has(kind);
}

/**
 * Tells of IP addresses, given as text, whether they may be reached: those in one of the networks, but for what is never
 * dialled. This machine itself is only in networks that have nothing else in them: `0.0.0.0/0` does not mean it.
 */
export function mayReach(networks: readonly Network[]): (address: string) => boolean {
  const ofLoopback = networks.filter(isOfLoopback);
  return (text) => {
    const address = parseAddress(text);
    if (!address) return false;
    const kind = kindOf(address);
    return !isNeverDialled(kind) && isWithin(address, kind === 'loopback' ? ofLoopback : networks);
  };
}

/** Whether nothing but loopback addresses is in a network. */
function isOfLoopback([address, bits]: Network): boolean {
  return address.range() === 'loopback' && bits >= (address.kind() === 'ipv4' ? 8 : IPV6_BITS);
}
