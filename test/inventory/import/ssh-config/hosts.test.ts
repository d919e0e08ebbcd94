import { readInventory } from '../../../../inventory/import';
import { refusal } from '../refusal';

function read(...lines: string[]) {
  return readInventory('ssh_config', lines.join('\n'));
}

/** How hosts are reached, by their names. */
function waysIn(...lines: string[]) {
  return Object.fromEntries(read(...lines).hosts.map(({ name, ssh }) => [name, ssh]));
}

const droppedOf = (...lines: string[]) => read(...lines).dropped.map(({ at, what, why }) => `${at}: ${what}: ${why}`);

describe('an ssh configuration', () => {
  it('has a host for each name that is no pattern', () => {
    const { hosts, dropped } = read(
      '# mine',
      'Host bastion',
      '  HostName 10.0.0.1',
      '  Port 2222',
      '',
      'Host "db 1"',
      '  HostName db1.example.com',
      'host=web1 web2 "db 1" web* !web3',
      'HostName %h.example.com',
      'Host web? !web2',
      '  User deploy',
      'Host *',
      '  User "root"',
      '  Port 22',
      '  ProxyJump bastion',
    );

    const host = (name: string, address: string, at: string, ssh: object) => ({
      ...{ name, address, cloudId: 0, tags: [], variables: {}, at, ssh },
    });
    expect(hosts).toEqual([
      host('bastion', '10.0.0.1', 'line 2', { port: 2222, user: 'root' }),
      host('db 1', 'db1.example.com', 'line 6', { port: 22, user: 'root', jumpHost: 'bastion' }),
      host('web1', 'web1.example.com', 'line 8', { port: 22, user: 'deploy', jumpHost: 'bastion' }),
      host('web2', 'web2.example.com', 'line 8', { port: 22, user: 'root', jumpHost: 'bastion' }),
    ]);
    expect(dropped).toEqual([{ at: 'line 15', what: 'ProxyJump of bastion', why: 'it leads to itself' }]);
  });
});

describe('hosts that are jumped over', () => {
  it('are hosts too, each reached over the one before it', () => {
    expect(
      read('Host *.corp', 'User ops', 'Port 24', 'Host web', 'HostName 10.0.0.1', 'ProxyJump a.corp,me@[fd00::0:1]:33')
        .hosts,
    ).toMatchObject([
      { name: 'web', address: '10.0.0.1', at: 'line 4', ssh: { jumpHost: 'fd00::0:1' } },
      { name: 'a.corp', address: 'a.corp', at: 'line 6', ssh: { port: 24, user: 'ops' } },
      { name: 'fd00::0:1', address: 'fd00::1', at: 'line 6', ssh: { port: 33, user: 'me', jumpHost: 'a.corp' } },
    ]);
  });

  it('have ways of their own', () => {
    expect(waysIn('Host *.corp', 'ProxyJump gate', 'Host web', 'ProxyJump a.corp')).toEqual({
      web: { jumpHost: 'a.corp' },
      'a.corp': { jumpHost: 'gate' },
      gate: undefined,
    });
  });

  it('are reached as it is said there rather than as patterns have it', () => {
    expect(waysIn('Host web', 'ProxyJump ops@gate:23', 'Host *', 'User root', 'Port 24')).toEqual({
      web: { port: 24, user: 'root', jumpHost: 'gate' },
      gate: { port: 23, user: 'ops' },
    });
  });

  it('are reached over the one before them, whatever patterns say', () => {
    expect(waysIn('Host web', 'ProxyJump a,b', 'Host ?', 'ProxyJump x.y,z')).toEqual({
      web: { jumpHost: 'b' },
      a: { jumpHost: 'z' },
      b: { jumpHost: 'a' },
      z: { jumpHost: 'x.y' },
      'x.y': undefined,
    });
  });

  it('are found by their addresses as well', () => {
    expect(waysIn('Host gate', 'HostName 10.0.0.9', 'Host web', 'ProxyJump ops@10.0.0.9')).toEqual({
      gate: { user: 'ops' },
      web: { jumpHost: 'gate' },
    });
  });

  it('stay as it is said of them, whatever others say', () => {
    const lines = [
      ...['Host gate', 'Port 22', 'User ops', 'ProxyJump none', 'Host a', 'Host b', 'ProxyJump a,root@gate:23'],
      ...['Host c', 'ProxyJump b,x:1', 'Host d', 'ProxyJump c,x:2'],
    ];

    expect(waysIn(...lines)).toEqual({
      gate: { port: 22, user: 'ops' },
      a: undefined,
      b: { jumpHost: 'gate' },
      c: { jumpHost: 'x' },
      d: { jumpHost: 'x' },
      x: { port: 1, jumpHost: 'b' },
    });
    expect(droppedOf(...lines)).toEqual([
      'line 7: port 23 of gate: it has 22 by line 2',
      'line 7: user root of gate: it has ops by line 3',
      'line 7: the way to gate over a: it is reached directly by line 4',
      'line 11: port 2 of x: it has 1 by line 9',
      'line 11: the way to x over c: it is reached over b by line 9',
    ]);
  });

  it('go round in no circle', () => {
    const lines = ['Host a', 'ProxyJump b', 'Host b', 'ProxyJump c', 'Host c', 'ProxyJump a', 'Host d', 'ProxyJump a'];

    expect(waysIn(...lines)).toEqual({
      a: { jumpHost: 'b' },
      b: { jumpHost: 'c' },
      c: undefined,
      d: { jumpHost: 'a' },
    });
    expect(droppedOf(...lines)).toEqual(['line 6: the way to c over a: it would go round in a circle: a, b, c']);
  });

  it('may have comments behind them, and quotes around them', () => {
    expect(waysIn('Host a', 'ProxyJump "gate"', 'Host b', 'ProxyJump none # today', 'Host *', 'ProxyJump x')).toEqual({
      a: { jumpHost: 'gate' },
      b: undefined,
      gate: { jumpHost: 'x' },
      x: undefined,
    });
  });
});

describe('what an ssh configuration says and is not taken over', () => {
  it('is listed with its lines', () => {
    const lines = [
      ...[
        'Include ~/.ssh/work',
        'Host web',
        'IdentityFile ~/.ssh/secret',
        'IDENTITYFILE ~/.ssh/other',
        'IdentityFile x',
      ],
      ...['ProxyCommand nc secret 1', 'StrictHostKeyChecking no', 'Compression yes', 'ProxyJump gate'],
      ...['Match host web exec "secret"', 'User secret', 'Port 2', 'Host db', 'ProxyCommand none', 'User me'],
    ];
    const { hosts, dropped } = read(...lines);

    expect(hosts).toMatchObject([{ name: 'web' }, { name: 'db', ssh: { user: 'me' } }]);
    expect(hosts[0]).not.toHaveProperty('ssh');
    expect(dropped.map(({ at, what }) => `${at}: ${what}`)).toEqual([
      'line 1: Include',
      'line 3 and 1 more: IdentityFile',
      'line 4: IDENTITYFILE',
      'line 6: ProxyCommand',
      'line 7: StrictHostKeyChecking',
      'line 8: Compression',
      'line 10: Match',
    ]);
    expect(JSON.stringify(dropped)).not.toContain('secret');
    expect(dropped.find(({ what }) => what === 'Match')!.why).toContain('is not read');
  });

  it('is a second name of one address', () => {
    const lines = ['Host web www', 'HostName 10.0.0.1', 'User a', 'Host root-web', 'HostName 10.0.0.01', 'User root'];

    expect(waysIn(...lines)).toEqual({ web: { user: 'a' } });
    expect(droppedOf(...lines)).toEqual(
      ['line 1: the name www', 'line 4: the name root-web'].map(
        (what) => `${what}: it has the address of web, and is the same host: how it is reached is taken from there`,
      ),
    );
  });
});

describe('an ssh configuration that is wrong', () => {
  it('is refused with all that is wrong, each with its line', () => {
    const lines = [
      ...[
        'Host web',
        'Port 99999',
        'User a b',
        'User "a',
        'HostName',
        'ProxyJump a,,b',
        'Host "',
        'Host ""',
        '=',
        'Host un_known',
      ],
      ...['Host other', 'HostName %n.example.com', 'Host third', 'ProxyJump what_is_this'],
    ];

    expect(refusal(() => read(...lines.slice(0, 9))).message.split('\n')).toEqual([
      'line 2: Port is "99999": write a number from 1 to 65535',
      'line 3: more than one text follows User: put quotes around blanks',
      'line 4: a quote in it is not closed',
      'line 5: nothing follows HostName',
      'line 6: ProxyJump is not understood: "" is no [user@]host[:port]',
      'line 7: a quote in it is not closed',
      'line 8: one of its names is empty',
      'line 9: it does not begin with a keyword',
    ]);
    expect(refusal(() => read('Host *', 'User DOM\\me', 'Host a b', 'Host c', 'User ok')).message).toBe(
      'line 2: "DOM\\me" is no name of a user here: letters, digits, _, . and -, 32 at most',
    );
    expect(refusal(() => read('Host a', `HostName ${'%h'.repeat(501)}`)).message).toMatch(
      /^line 2: .* is longer than 1000/,
    );
    expect(refusal(() => read('Host a', `ProxyJump b${',b'.repeat(20)}`)).message).toContain('more than 20 hosts');
    expect(refusal(() => read(...lines.slice(9))).message.split('\n')).toEqual([
      'line 1: the address of un_known, "un_known", is no IP address and no DNS name',
      'line 2: HostName %n.example.com (line 3): only %h and %% are known in it',
      'line 5: the address of what_is_this, "what_is_this", is no IP address and no DNS name',
    ]);
  });

  it('is refused when it would take too long', () => {
    const globs = Array.from({ length: 2_500 }, (_none, number) => `Host *a${number}`);
    const names = Array.from({ length: 2_500 }, (_none, number) => `Host h${number}`);

    expect(refusal(() => read(...globs, ...names))).toMatchObject({
      kind: 'too_large',
      message: expect.stringContaining('comparisons'),
    });
  });

  it('may have lines of blanks, however long', () => {
    expect(read(`Host a${' '.repeat(1_000_000)}b`, `${' '.repeat(1_000_000)}User x`).hosts).toHaveLength(2);
  });

  it('may be large, and have patterns that take back what they took', () => {
    const many = Array.from({ length: 19_998 }, (_none, number) => `Host h${number}\n User u${number % 9}`);
    const { hosts } = read(`Host ${'*a'.repeat(400)}b`, 'User x', ...many, `Host ${'a'.repeat(60)}`, 'Host last');

    expect(hosts).toHaveLength(20_000);
    expect(hosts[42]).toMatchObject({ name: 'h42', ssh: { user: 'u6' } });
    expect(refusal(() => read(...many, 'Host a', 'Host b', 'Host c')).kind).toBe('too_large');
  });
});
