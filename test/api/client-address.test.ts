import type { Context } from 'hono';
import { clientAddress } from '../../api/client-address';
import { parseNetworks } from '../../base/networks';

function addressOf(remoteAddress: string, forwardedFor: string | undefined, trusted: string): string {
  const context = { env: { incoming: { socket: { remoteAddress } } }, req: { header: () => forwardedFor } };
  return clientAddress(context as unknown as Context, parseNetworks(trusted));
}

describe('the address of a client', () => {
  it.each([
    ['of its connection', '203.0.113.9', undefined, '', '203.0.113.9'],
    ['of its connection, whatever it says', '203.0.113.9', '1.2.3.4', '', '203.0.113.9'],
    ['of its connection, where another one is trusted', '203.0.113.9', '1.2.3.4', '10.0.0.1', '203.0.113.9'],
    ['what a trusted proxy forwards', '10.0.0.1', '1.2.3.4', '10.0.0.1', '1.2.3.4'],
    ['the last one that is not trusted', '10.0.0.1', '9.9.9.9, 1.2.3.4, 10.0.0.2', '10.0.0.0/8', '1.2.3.4'],
    ['the first, where all are trusted', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.0/8', '10.0.0.3'],
    ['the proxy that forwards none', '10.0.0.1', undefined, '10.0.0.1', '10.0.0.1'],
    ['the proxy that forwards nonsense', '10.0.0.1', '1.2.3.4, nonsense', '10.0.0.1', '10.0.0.1'],
    ['an IPv4 address in IPv6 clothes', '::ffff:10.0.0.1', '::ffff:1.2.3.4', '10.0.0.1', '1.2.3.4'],
    ['an address with its port', '10.0.0.1', '1.2.3.4:5678', '10.0.0.1', '1.2.3.4'],
    ['the network of an IPv6 address', '2001:db8:1:2:3:4:5:6', undefined, '', '2001:db8:1:2::/64'],
    ['one in brackets, with its port', '::1', '[2001:db8::7]:443', '::1', '2001:db8::/64'],
    ['nothing without a connection', '', '1.2.3.4', '0.0.0.0/0', ''],
  ])('is %s', (_name, remote, forwardedFor, trusted, address) => {
    expect(addressOf(remote, forwardedFor, trusted)).toBe(address);
  });
});
