import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { makeUserKey } from '../../bench/machines/keys';
import type { Machine } from '../../bench/machines/machine';
import { type Machines, openMachines } from '../../bench/machines/machines';
import { hopTo } from '../../bench/machines/route';
import { readFacts } from '../../hosts/facts';
import { push } from '../../hosts/push';
import type { SshPool } from '../../hosts/ssh/pool';
import type { HostKey } from '../../hosts/ssh/route';
import { scanKeys } from '../../hosts/ssh/scan';
import { failureOf, newPool, say } from '../hosts/ssh/support';
import { KeptLog, runOf, runToEnd } from '../hosts/support';
import { eventually } from '../support/eventually';
import { onMachines } from './support';

onMachines('a real host that is not reached', 'namespaces', () => {
  let machines: Machines;
  let one: Machine;
  let other: Machine;
  let pool: SshPool;

  beforeAll(async () => {
    machines = await openMachines({ count: 2 });
    [one, other] = machines.hosts as [Machine, Machine];
  });
  beforeEach(() => {
    pool = newPool();
  });
  afterEach(() => pool.close());
  afterAll(() => machines?.close());

  it('does not let in whose key it does not know, or whose name, and says what to look at', async () => {
    const login = { kind: 'private_key', privateKey: makeUserKey().private } as const;
    const stranger = hopTo(one, { login, loginKey: 'another' });

    expect(await failureOf(say(pool.transport([stranger]), 'true'))).toMatchObject({
      problem: 'auth',
      hostId: 1,
      message: expect.stringMatching(
        /^host 1 \(198\.\d+\.\d+\.1:22\) does not let root in by the private key ssh-ed25519 SHA256:\S+: it takes .*publickey.* ~\/\.ssh\/authorized_keys of root/,
      ),
    });
    expect(await failureOf(say(pool.transport([hopTo(one, { user: 'nobody-at-all' })]), 'true'))).toMatchObject({
      problem: 'auth',
      message: expect.stringContaining('does not let nobody-at-all in'),
    });
  });

  it('at an address that nobody has, or at a port where nobody listens, is each told in its own words', async () => {
    const nobody = hopTo(one, { hostId: 9, address: machines.emptyAddress });

    expect(await failureOf(say(pool.transport([nobody]), 'true'))).toMatchObject({
      problem: 'unreachable',
      message: expect.stringMatching(/^host 9 \(.*\.250:22\) is not there: nothing leads to its address/),
    });
    expect(await failureOf(say(pool.transport([hopTo(one, { port: 23 })]), 'true'))).toMatchObject({
      problem: 'refused',
      message: expect.stringMatching(/^host 1 \(.*:23\) refuses connections: is sshd running there/),
    });
  });

  it('and behind a jump host is told in the same words, with who says so', async () => {
    const nobody = hopTo(other, { hostId: 9, address: machines.emptyAddress });
    const closed = hopTo(other, { port: 23 });

    expect(await failureOf(say(pool.transport([hopTo(one), nobody]), 'true'))).toMatchObject({
      problem: 'unreachable',
      hostId: 9,
      message: expect.stringMatching(/^host 9 .*host 1 \(.*\) says/),
    });
    expect(await failureOf(say(pool.transport([hopTo(one), closed]), 'true'))).toMatchObject({
      problem: 'refused',
      hostId: 2,
    });
  });

  it('because it is silent is waited for no longer than is asked', async () => {
    await one.cut();
    try {
      expect(await failureOf(say(pool.transport([hopTo(one, { connectTimeoutMs: 500 })]), 'true'))).toMatchObject({
        problem: 'unreachable',
        message: expect.stringMatching(/did not answer within/),
      });
    } finally {
      await one.heal();
    }
    expect((await say(pool.transport([hopTo(one)]), 'echo here')).stdout).toBe('here\n');
  });

  it('whose key has changed is refused on every path, with what was pinned, what was seen and the command that trusts it', async () => {
    const before = hopTo(one);
    await one.newHostKey();
    const transport = pool.transport([before]);
    const file = { path: '/root/pushed', content: [Buffer.from('x')], mode: '0600' };
    const paths = {
      run: () => runToEnd({ transport }, runOf('changed', 'echo x >/root/began')),
      push: () => push({ transport }, file),
      test: () => readFacts({ transport }),
      jump: () => say(pool.transport([before, hopTo(other)]), 'true'),
    };

    for (const [path, work] of Object.entries(paths)) {
      const { problem, hostId, message } = await failureOf(work());

      expect({ path, problem, hostId }).toEqual({ path, problem: 'host_key', hostId: 1 });
      for (const pinned of before.keys) expect(message).toContain(`${pinned.type} ${fingerprint(pinned)}`);
      const seen = one.keys.find((key) => message.includes(`seen was ${key.type} ${fingerprint(key)}`))!;
      expect(message).toContain(`gantry hosts trust 1 --key ${fingerprint(seen)}`);
    }
    expect(['/root/began', '/root/pushed'].map((name) => existsSync(one.path(name)))).toEqual([false, false]);
    // Whoever is asked to trust it can see which it has.
    expect(await scanKeys([before], { pool })).toEqual(one.keys);
    expect((await say(pool.transport([hopTo(one)]), 'echo trusted')).stdout).toBe('trusted\n');
  });

  it('any more, because it has lost its power, breaks the connection; the run is asked for again, and is lost', async () => {
    const log = new KeptLog();
    const target = { transport: pool.transport([hopTo(other)]) };
    const run = runOf('power', 'echo begun; echo x >>count; sleep 1000', { timeoutSeconds: 0 });
    const broken = failureOf(runToEnd(target, run, log));
    await eventually('it has begun', () => log.text === 'begun\n');

    await other.reboot();

    expect(await broken).toMatchObject({
      problem: 'lost',
      message: expect.stringMatching(/^host 2 .* was given a command, and nobody knows how it ended/),
    });
    expect((await runToEnd(target, run, log)).state).toEqual({ kind: 'lost', cause: 'reboot' });
    expect(await other.shell('wc -l </root/count')).toMatch(/^\s*1\n$/);
    expect(log.text).toBe('begun\n');
  });

  it('for a while goes on as if nothing had been: who followed hears the rest, and so does who comes new', async () => {
    const log = new KeptLog();
    const script = 'echo x >>half; echo begun; while [ ! -e go ]; do sleep 0.05; done; echo late; exit 7';
    const run = runOf('half-open', script);
    const first = runToEnd({ transport: pool.transport([hopTo(one)]) }, run, log);
    await eventually('it has begun', () => log.text === 'begun\n');
    const second = newPool();
    try {
      await one.cut();
      const blind = second.transport([hopTo(one, { connectTimeoutMs: 300 })]);
      expect(await failureOf(runToEnd({ transport: blind }, run))).toMatchObject({ problem: 'unreachable' });
      // It ends while nobody hears of it.
      await one.shell('touch /root/go; while [ ! -e /root/.gantry/runs/half-open/end ]; do sleep 0.05; done');
      expect(log.text).toBe('begun\n');
      await one.heal();

      const again = await runToEnd({ transport: second.transport([hopTo(one)]) }, run);

      expect(again.log.text).toBe('begun\nlate\n');
      expect(again.state).toMatchObject({ kind: 'ended', code: 7 });
      expect((await first).state).toEqual(again.state);
      expect(log.text).toBe('begun\nlate\n');
      expect(await one.shell('wc -l </root/half')).toMatch(/^\s*1\n$/);
    } finally {
      await second.close();
    }
  });
});

onMachines('an ssh server with the limits that it comes with', 'sshd', () => {
  let machines: Machines;
  let one: Machine;

  beforeAll(async () => {
    machines = await openMachines({ count: 1, sshd: { maxStartups: '10:30:100', maxSessions: 10 } });
    [one] = machines.hosts as [Machine];
  });
  afterAll(() => machines?.close());

  it('takes sixty who come at once, because those that it drops come again', async () => {
    const pool = newPool({ connectionsPerHost: 60, commandsPerConnection: 1, handshakes: 60, retryMs: 100, tries: 10 });
    try {
      const transport = pool.transport([hopTo(one, { connectTimeoutMs: 60_000 })]);
      const said = await Promise.all(
        Array.from({ length: 60 }, (_, index) => say(transport, `echo ${index}; sleep 1`)),
      );

      expect(said.map(({ stdout }) => Number(stdout))).toEqual(Array.from({ length: 60 }, (_, index) => index));
      expect(pool.size).toBeGreaterThan(10);
    } finally {
      await pool.close();
    }
  });

  it('takes sixty commands at once over few connections, also when more are given to one than it takes', async () => {
    for (const commandsPerConnection of [5, 30]) {
      const pool = newPool({ commandsPerConnection, retryMs: 100, tries: 20 });
      try {
        const transport = pool.transport([hopTo(one, { connectTimeoutMs: 60_000 })]);
        const said = await Promise.all(Array.from({ length: 60 }, (_, index) => say(transport, `echo ${index}`)));

        expect(said.map(({ stdout }) => Number(stdout))).toEqual(Array.from({ length: 60 }, (_, index) => index));
        expect(pool.size).toBeLessThanOrEqual(2);
      } finally {
        await pool.close();
      }
    }
  });
});

onMachines('an ssh server that is full', 'sshd', () => {
  let machines: Machines;
  let one: Machine;
  let pool: SshPool;

  beforeAll(async () => {
    machines = await openMachines({ count: 2, sshd: { maxStartups: '2:100:2', maxSessions: 0 } });
    [one] = machines.hosts as [Machine];
    pool = newPool({ tries: 2, connectionsPerHost: 1 });
  });
  afterAll(async () => {
    await pool?.close();
    await machines?.close();
  });

  it('of connections that have not logged in is named with its setting', async () => {
    const sockets = await Promise.all([1, 2].map(() => hold(one)));
    try {
      const error = await failureOf(say(pool.transport([hopTo(one)]), 'true'));

      expect(error).toMatchObject({ problem: 'busy', message: expect.stringContaining('MaxStartups') });
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });

  it('of commands is named with its setting', async () => {
    const error = await failureOf(say(pool.transport([hopTo(machines.hosts[1]!)]), 'true'));

    expect(error).toMatchObject({ problem: 'busy', message: expect.stringContaining('MaxSessions') });
  });
});

/** As `ssh-keygen -l` has it. */
function fingerprint({ key }: HostKey): string {
  return `SHA256:${createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64').replace(/=+$/, '')}`;
}

/** A connection on which nobody logs in. */
async function hold({ address, port }: Machine) {
  const socket = connect(port, address);
  let isGreeted = false;
  socket.on('data', () => {
    isGreeted = true;
  });
  await eventually('the server says who it is', () => isGreeted);
  return socket;
}
