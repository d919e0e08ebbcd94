import { isIP } from 'node:net';
import fc from 'fast-check';
import { canonicalAddress, isIpAddress } from '../../../inventory/ip-text';

describe('the text that an address is kept as', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['010.001.000.255', '10.1.0.255'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::', '::'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['0:0:0:0:0:ffff:0a00:0001', '10.0.0.1'],
    ['::10.0.0.1', '::a00:1'],
    ['64:ff9b::10.0.0.1', '64:ff9b::a00:1'],
    ['DB-1.Example.COM', 'db-1.example.com'],
    ['localhost', 'localhost'],
    ['1and1.com', '1and1.com'],
    [`${'a'.repeat(63)}.de`, `${'a'.repeat(63)}.de`],
  ])('of %s is %s', (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical);
    expect(canonicalAddress(canonical)).toBe(canonical);
  });

  it.each([
    ...[
      '',
      ' ',
      '10.0.0',
      '10.0.0.256',
      '256.1.1.1',
      '10.0.0.1.',
      '10.0.0.0001',
      '10.0.0.1/8',
      '10.0.0.1:22',
      '１.1.1.1',
    ],
    ...['0x7f.0.0.1', '0x7f000001', '127.1', '2130706433', '1.2.3', 'a.1', 'a.0x1', '10.0.0.1-9', '10.0.0.1-10.0.0.9'],
    ...['fe80::1%eth0', ':::', '1::2::3', '12345::', '[::1]', '::ffff:010.0.0.1', '::1.2.3'],
    ...['a_b', '-a', 'a-', 'a..b', '.a', 'a.', 'a b', 'ä.de', 'a\n', `${'a'.repeat(64)}.de`, `a.${'b.'.repeat(126)}c`],
  ])('there is none of %j', (text) => {
    expect(canonicalAddress(text)).toBeUndefined();
  });

  it('is one for all ways to write an IPv6 address', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const canonical = canonicalAddress(text)!;
        expect(isIP(canonical)).toBeGreaterThan(0);
        // What a URL makes of it, which has dots nowhere.
        if (isIP(canonical) === 6) expect(`[${canonical}]`).toBe(new URL(`http://[${text}]/`).hostname);
        expect(canonicalAddress(text.toUpperCase())).toBe(canonical);
      }),
    );
  });

  it('says which of them are IPs', () => {
    expect(['10.0.0.1', '::1', 'localhost', '10.0.0.999', ''].map(isIpAddress)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
