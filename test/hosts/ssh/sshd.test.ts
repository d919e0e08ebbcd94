import { existsSync, readFileSync } from 'node:fs';
import type { Machine } from '../../../bench/machines/machine';
import { type Machines, openMachines } from '../../../bench/machines/machines';
import { hopTo } from '../../../bench/machines/route';
import { PASSWORD } from '../../../bench/machines/users';
import { readFacts } from '../../../hosts/facts';
import { push } from '../../../hosts/push';
import type { SshPool } from '../../../hosts/ssh/pool';
import type { Route } from '../../../hosts/ssh/route';
import { scanKeys } from '../../../hosts/ssh/scan';
import { onMachines } from '../../machines/support';
import { eventually } from '../../support/eventually';
import { failureOf, later, newPool, say } from './support';

onMachines('a host with the sshd of OpenSSH', 'sshd', () => {
  let machines: Machines;
  let one: Machine;
  let two: Machine;
  let pool: SshPool;
  const to = (...hosts: [Machine, ...Machine[]]) =>
    pool.transport(hosts.map((host) => hopTo(host)) as unknown as Route);

  beforeAll(async () => {
    machines = await openMachines({ count: 2, sshd: { lines: ['AllowTcpForwarding yes'] } });
    [one, two] = machines.hosts as [Machine, Machine];
  });
  beforeEach(() => {
    pool = newPool({ retryMs: 50 });
  });
  afterEach(() => pool.close());
  afterAll(() => machines.close());

  it('shows all its keys to a scan, directly and through a jump host', async () => {
    const known = [...two.keys].map(({ type }) => type).sort();

    for (const route of [[hopTo(two, { keys: [] })], [hopTo(one), hopTo(two, { keys: [] })]] as unknown as Route[]) {
      const keys = await scanKeys(route, { pool });
      expect(keys.map(({ type }) => type).sort()).toEqual(known);
      expect(two.keys).toEqual(expect.arrayContaining(keys));
    }
  });

  it.each([1, 2])('takes files and tells facts: %i machine(s) on the way', async (count) => {
    const hosts = [one, two].slice(0, count) as [Machine, ...Machine[]];
    const place = { transport: to(...hosts) };
    const path = `${hosts.at(-1)!.home}/pushed ${count}`;
    const content = Buffer.alloc(5_000_000, "it's $(so) ");

    await push(place, { path, content: [content], mode: '0600' });
    const facts = await readFacts(place);

    const { stdout } = await say(place.transport, `cat '${path}' | wc -c`);
    expect(Number(stdout)).toBe(content.length);
    expect(facts).toMatchObject({ user: hosts.at(-1)!.user, missing_tools: '', home: hosts.at(-1)!.home });
  });

  it('waits with output and complaints for who reads slowly', async () => {
    const rounds = 60;
    const progress = `${one.home}/progress`;
    const begin = later();
    const mayGoOn = later();
    let heard = 0;
    const command = `i=0; while [ $i -lt ${rounds} ]; do i=$((i+1)); head -c 500000 /dev/zero; head -c 500000 /dev/zero >&2; echo $i >'${progress}'; done`;

    const talking = say(to(one), `sh -c '${command.replaceAll("'", `'\\''`)}'`, {
      onStdout: (bytes) => {
        heard += bytes.length;
        begin.resolve();
        return mayGoOn.promise;
      },
    });
    await begin.promise;
    const round = () => (existsSync(one.path(progress)) ? Number(readFileSync(one.path(progress), 'utf8')) : 0);
    let last = { round: -1, since: Date.now() };
    await eventually('the host waits', () => {
      const now = round();
      if (now !== last.round) last = { round: now, since: Date.now() };
      return Date.now() - last.since > 1000;
    });
    const ahead = last.round;
    mayGoOn.resolve();

    expect(await talking).toMatchObject({ code: 0 });
    expect(ahead).toBeLessThan(20);
    expect(heard).toBe(rounds * 500_000);
  });

  it('takes commands after many that were let go of', async () => {
    for (let times = 0; times < 25; times++) {
      const controller = new AbortController();
      const talking = say(to(one), 'echo begun; exec sleep 20', {
        signal: controller.signal,
        onStdout: () => controller.abort(new Error('not wanted any more')),
      });
      await expect(talking).rejects.toThrow('not wanted any more');
    }

    expect((await say(to(one), 'echo next')).stdout).toBe('next\n');
  });

  it('says to a jump host why it is not reached', async () => {
    const refused = await failureOf(say(pool.transport([hopTo(one), hopTo(two, { port: 1 })]), 'true'));
    const unknown = await failureOf(
      say(pool.transport([hopTo(one), hopTo(two, { address: 'no.such.invalid' })]), 'true'),
    );

    expect([refused.problem, unknown.problem]).toEqual(['refused', 'unknown_name']);
  });
});

onMachines('a host with users', 'namespaces', () => {
  let machines: Machines;
  let one: Machine;
  let pool: SshPool;

  beforeAll(async () => {
    machines = await openMachines({ count: 1, sshd: { lines: ['PasswordAuthentication yes'] } });
    [one] = machines.hosts as [Machine];
    pool = newPool();
  });
  afterAll(async () => {
    await pool.close();
    await machines.close();
  });

  it('lets in by a password, or says that it is wrong', async () => {
    const as = (password: string) =>
      pool.transport([hopTo(one, { user: 'asks', login: { kind: 'password', password }, loginKey: password })]);

    expect((await say(as(PASSWORD), 'id -un')).stdout).toBe('asks\n');
    expect(await failureOf(say(as('guessed'), 'id -un'))).toMatchObject({ problem: 'auth' });
  });

  it.each(['dash', 'bash', 'busybox', 'tcsh'])('takes files and tells facts with %s as login shell', async (user) => {
    const place = { transport: pool.transport([hopTo(one, { user })]) };

    await push(place, { path: `/home/${user}/it's "here"`, content: [Buffer.from('content')], mode: '0640' });

    expect(await one.shell(`cat "/home/${user}/it's \\"here\\""; stat -c ' %U %a' /home/${user}/it*`)).toBe(
      `content ${user} 640\n`,
    );
    expect(await readFacts(place)).toMatchObject({ user, home: `/home/${user}`, home_writable: true });
  });

  it('takes files from who becomes somebody else, and gives them to whom they are to belong', async () => {
    const transport = pool.transport([hopTo(one, { user: 'deploy' })]);
    const file = { path: '/etc/gantry-pushed', content: [Buffer.from('content')], mode: '0644' };

    await expect(push({ transport }, file)).rejects.toMatchObject({ problem: 'no_permission' });
    await push({ transport, become: ['sudo', '-n', '-H', '-u', 'root'] }, { ...file, owner: 'app:app' });

    expect(await one.shell('stat -c "%U %G %a" /etc/gantry-pushed; ls -A /etc | grep -c gantry')).toBe(
      'app app 644\n1\n',
    );
    expect(await readFacts({ transport, become: ['sudo', '-n', '-H', '-u', 'app'] })).toMatchObject({
      user: 'app',
      home: '/home/app',
    });
  });

  it('says that a user may not become another', async () => {
    const transport = pool.transport([hopTo(one, { user: 'app' })]);

    await expect(readFacts({ transport, become: ['sudo', '-n', '-H', '-u', 'root'] })).rejects.toThrow(
      /gave no answer: .*password/,
    );
  });

  it.each([
    ['small', 'full'],
    ['unwritable', 'no_permission'],
  ])('refuses a file for the home of %s: %s', async (user, problem) => {
    const place = { transport: pool.transport([hopTo(one, { user })]) };
    const content = [Buffer.alloc(20_000_000, 'x')];

    await expect(push(place, { path: `/home/${user}/file`, content, mode: '0600' })).rejects.toMatchObject({ problem });
    expect(await one.shell(`ls -A /home/${user} | grep -c -e file -e gantry || true`)).toBe('0\n');
  });
});
