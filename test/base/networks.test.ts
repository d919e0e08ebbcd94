import { isWithin, mayReach, parseAddress, parseNetworks } from '../../base/networks';

const PRIVATE = '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,fc00::/7';
const EVERYTHING = '0.0.0.0/0, ::/0';

function reached(networks: string, address: string): boolean {
  return mayReach(parseNetworks(networks))(address);
}

describe('a list of networks', () => {
  it.each(['nonsense', '10.0.0.0/64', '10.0.0.0/-1', '10.0.0.0/', '10.0.0.0/8/9', '10/8', '10.1', '010.0.0.0/8'])(
    'does not have %j in it, and says so',
    (word) => {
      expect(() => parseNetworks(`10.0.0.1, ${word}`)).toThrow(`${word} is no address and no network`);
    },
  );

  it.each(['2001:db8::/129', '::ffff:10.0.0.0/95', 'fe80::/x', '10.0.0.0:22'])('does not have %j in it', (word) => {
    expect(() => parseNetworks(word)).toThrow(`${word} is no address and no network`);
  });

  it('may have blanks and empty parts, or nothing at all', () => {
    expect(parseNetworks(' 10.0.0.1 ,, 10.1.0.0/16,')).toHaveLength(2);
    expect(parseNetworks('')).toEqual([]);
  });

  it.each([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.1.2.3/8', '10.9.9.9', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.0.0.7', '10.0.0.7', true],
    ['10.0.0.7', '10.0.0.8', false],
    ['::ffff:10.0.0.0/104', '10.7.7.7', true],
    ['::ffff:10.0.0.0/104', '11.7.7.7', false],
    ['2001:db8::/32', '2001:db8:9::1', true],
    ['2001:db8::7', '2001:db8::7', true],
    ['2001:db8::7', '2001:db8::8', false],
    ['::/0', '10.0.0.1', false],
  ])('%s and %s', (networks, address, isIn) => {
    expect(isWithin(parseAddress(address)!, parseNetworks(networks))).toBe(isIn);
  });
});

describe('an address that may be reached', () => {
  it.each(['10.0.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', 'fd12:3456::1', 'FD12:3456:0:0::1'])(
    'is %s, among private ones',
    (address) => {
      expect(reached(PRIVATE, address)).toBe(true);
    },
  );

  it.each(['::ffff:10.0.0.1', '::ffff:0a00:1', '0:0:0:0:0:ffff:10.0.0.1'])(
    'is %s, which is one of IPv4 in IPv6 clothes',
    (address) => {
      expect(reached('10.0.0.0/8', address)).toBe(true);
      expect(reached('::/0', address)).toBe(false);
    },
  );

  it.each(['8.8.8.8', '172.32.0.1', '192.169.0.1', '2001:4860::1', '127.0.0.1', '::1'])(
    'is not %s, unless it is named',
    (address) => {
      expect(reached(PRIVATE, address)).toBe(false);
      expect(reached(address, address)).toBe(true);
    },
  );

  it.each([
    ...['169.254.169.254', '169.254.0.1', '::ffff:169.254.169.254', 'fe80::1', 'fe80::1%eth0'],
    ...['100.100.100.200', 'fd00:ec2::254', 'FD00:0EC2:0:0::0254', 'fd00:ec2::254%eth0', 'fd20:ce::254'],
    ...['fd00:ec2::23', 'fd00:c1::a9fe:a9fe', 'fd00:c1::169.254.169.254'],
    ...['0.0.0.0', '0.1.2.3', '::', '224.0.0.1', '239.1.1.1', 'ff02::1', '255.255.255.255'],
    ...['64:ff9b::a9fe:a9fe', '64:ff9b:1::1', '::ffff:0:169.254.169.254', '2002:a9fe:a9fe::1', '2001:0:1::1'],
    ...['::10.0.0.1', '::a00:1', '::127.0.0.1', '::7f00:1', '::169.254.169.254', '::2'],
  ])('is never %s, however it is named', (address) => {
    expect(reached(`${EVERYTHING}, ${PRIVATE}, ${address.replace(/%.*/, '')}`, address)).toBe(false);
  });

  it.each([
    ['0.0.0.0/0', '127.0.0.1', false],
    ['126.0.0.0/7', '127.0.0.1', false],
    ['127.0.0.0/8', '127.9.9.9', true],
    ['127.0.0.0/8', '::ffff:127.0.0.1', true],
    ['127.0.0.5', '127.0.0.5', true],
    ['127.0.0.5', '127.0.0.6', false],
    ['127.0.0.0/8', '::1', false],
    ['::/0', '::1', false],
    ['::1', '::1', true],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['::1', '127.0.0.1', false],
  ])('by %s: this machine as %s: %s', (networks, address, isReached) => {
    expect(reached(networks, address)).toBe(isReached);
  });

  it.each(['', 'host.example', 'localhost', '10.1', '167772161', '0x0a000001', '010.0.0.1', '10.0.0.1:22', '[::1]'])(
    'is not %j, which is no address as they are usually written',
    (text) => {
      expect(reached(`${EVERYTHING}, 127.0.0.0/8, ::1`, text)).toBe(false);
    },
  );

  it('is none where nothing is allowed', () => {
    expect(reached('', '10.0.0.1')).toBe(false);
  });
});
