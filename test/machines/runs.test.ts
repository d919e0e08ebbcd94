import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../bench/hosts/shells';
import type { Machine } from '../../bench/machines/machine';
import { type Machines, openMachines } from '../../bench/machines/machines';
import { hopTo } from '../../bench/machines/route';
import { USERS } from '../../bench/machines/users';
import { cancel, poll, start, type Target } from '../../hosts/attach';
import type { SshPool } from '../../hosts/ssh/pool';
import { newPool } from '../hosts/ssh/support';
import { ended, KeptLog, leavesOut, runOf, runToEnd } from '../hosts/support';
import { eventually } from '../support/eventually';
import { onMachines, pidsOn, readOn } from './support';

/** Login shells, and users by that name. */
const SHELLS = ['dash', 'bash', 'busybox', 'tcsh'];

const HOMES: [user: string, folder: string][] = [
  ['noexec', '/home/noexec/.gantry/runs'],
  ['homeless', spareOf('homeless')],
  ['unwritable', spareOf('unwritable')],
];

onMachines('a run on a real host', 'namespaces', () => {
  let machines: Machines;
  let one: Machine;
  let pool: SshPool;

  beforeAll(async () => {
    machines = await openMachines({ count: 1 });
    [one] = machines.hosts as [Machine];
  });
  beforeEach(() => {
    pool = newPool();
  });
  afterEach(() => pool.close());
  afterAll(() => machines?.close());

  const as = (user: string, more: Partial<Target> = {}): Target => ({
    transport: pool.transport([hopTo(one, { user })]),
    ...more,
  });

  for (const shell of SHELLS.filter((name) => !findProgram(name))) it(...leavesOut(shell));

  it.each(SHELLS.filter((name) => findProgram(name)))('with %s as login shell is as any other', async (user) => {
    const block = "export GANTRY_P_x='it'\\''s a!b $HOME'\nset -- 'a b' '' '*'\n";
    const script = 'pwd; id -un; printf "%s|" "$GANTRY_P_x" "$@"; exit 7';

    const { state, log } = await runToEnd(as(user), runOf('shell', script, { block }));

    expect(log.text).toBe(`/home/${user}\n${user}\nit's a!b $HOME|a b||*|`);
    expect(state).toEqual(ended(7));
  });

  it('gives back every byte, a line of ten megabytes, and of more than may be kept the beginning', async () => {
    const script = `
i=0; while [ $i -lt 256 ]; do printf "\\\\$(printf %03o $i)"; i=$((i + 1)); done
dd if=/dev/zero bs=1000000 count=10 2>/dev/null
echo end`;
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const whole = Buffer.concat([bytes, Buffer.alloc(10_000_000), Buffer.from('end\n')]);
    const huge = 'dd if=/dev/zero bs=1000000 count=200 2>/dev/null; echo x >done; exit 3';

    const { state, log } = await runToEnd(as('app'), runOf('bytes', script));
    const cut = await runToEnd(as('app'), runOf('huge', huge, { maxLogBytes: 1_024_000 }));

    expect(state).toEqual(ended(0));
    expect(log.bytes.equals(whole)).toBe(true);
    expect(cut.state).toEqual(ended(3, { isCut: true }));
    expect(cut.log.bytes.subarray(0, 1_024_000).equals(Buffer.alloc(1_024_000))).toBe(true);
    expect(cut.log.bytes.subarray(1_024_000).toString()).toBe('\n[gantry: output is cut here]\n');
    expect(existsSync(one.path('/home/app/done'))).toBe(true);
  });

  it('is not begun on a full disk, and says so; it can be started when there is room', async () => {
    const run = runOf('full', 'echo x >>count; exit 3');
    await one.shell('dd if=/dev/zero of=/home/small/fill bs=1k 2>/dev/null || :');

    await expect(runToEnd(as('small'), run)).rejects.toMatchObject({
      problem: 'full',
      message: expect.stringMatching(/^the disk of the host is full: /),
    });
    await one.shell('rm /home/small/fill');

    expect((await runToEnd(as('small'), run)).state).toEqual(ended(3));
    expect(await one.shell('cat /home/small/count')).toBe('x\n');
  });

  it('ends with its exit code though the disk fills up, and its log is cut', async () => {
    const script = 'echo begun; dd if=/dev/zero bs=1000 count=1000 2>/dev/null; exit 4';

    const { state, log } = await runToEnd(as('small'), runOf('filling', script));

    expect(state).toEqual(ended(4, { isCut: true }));
    expect(log.text).toMatch(/^begun\n\0+/);
    expect(log.bytes.length).toBeLessThan(300_000);
    await one.shell('rm -r /home/small/.gantry');
  });

  it.each(HOMES)('of %s, whose home is odd, is as any other, and is kept in %s', async (user, folder) => {
    const { state, log } = await runToEnd(as(user), runOf('odd', 'id -un; exit 3'));

    expect(log.text).toBe(`${user}\n`);
    expect(state).toEqual(ended(3));
    expect(existsSync(one.path(join(folder, 'odd', 'end')))).toBe(true);
  });

  it('may leave a service behind, which lives on', async () => {
    const script = 'setsid sh -c "while :; do date >>ticks; sleep 0.1; done" </dev/null >/dev/null 2>&1 & echo up';

    const { state, log } = await runToEnd(as('app'), runOf('service', script));

    expect([state, log.text]).toEqual([ended(0), 'up\n']);
    const ticks = () => one.shell('wc -l </home/app/ticks').then(Number);
    const at = await ticks();
    await eventually('it goes on', ticks, { isWanted: (now) => now > at + 2 });
    await endAllOf(one, 'app');
  });

  it('that hears no TERM and has daemons is cancelled with all that has its mark or is in its session', async () => {
    const script = `
trap "" TERM
(setsid sh -c 'trap "" TERM; while :; do sleep 1; done' &)
env -i sh -c 'trap "" TERM; while :; do /bin/sleep 1; done' &
sleep 888 &
echo $$ >leader
echo begun
while :; do sleep 1; done`;
    const log = new KeptLog();
    const running = runToEnd(as('app'), runOf('stubborn', script), log);
    await eventually('it has begun', () => log.text === 'begun\n');
    const session = (await one.shell('cat /home/app/leader')).trim();
    const before = ofRun(one, 'stubborn', session);

    const { state, left } = await cancel(as('app'), 'stubborn', 1, { offset: 0, onLog: () => {} });

    expect(before.length).toBeGreaterThan(4);
    expect({ state, left }).toEqual({ state: expect.objectContaining({ kind: 'ended', why: 'cancelled' }), left: [] });
    expect(ofRun(one, 'stubborn', session)).toEqual([]);
    expect((await running).state).toEqual(state);
  });

  const itBySudo = (name: string, work: () => Promise<void>) =>
    findProgram('sudo') ? it(name, work) : it(...leavesOut('sudo'));

  itBySudo('whose processes belong to others names those that it cannot end', async () => {
    const script = `sudo -n -u app sh -c 'trap "" TERM; while :; do sleep 1; done' </dev/null >/dev/null 2>&1 & wait`;
    const running = start(as('deploy'), runOf('others', script), new KeptLog().follow());
    await eventually('it has begun', () => pidsOf(one, 'app', 'sleep').length > 0);
    const [theirs] = pidsOf(one, 'app', 'sh');

    const { state, left } = await cancel(as('deploy'), 'others', 1, { offset: 0, onLog: () => {} });

    expect(left).toContain(theirs);
    // It is not over before they are.
    expect(state).toEqual({ kind: 'running' });
    await endAllOf(one, 'app');
    expect((await running).state).toMatchObject({ kind: 'ended', why: 'cancelled' });
  });

  itBySudo('is somebody else by sudo; who may not become that is told, and nothing has begun', async () => {
    const become = (user: string) => as(user, { become: ['sudo', '-n', '-H', '-u', 'app'] });
    const run = (id: string) => runOf(id, 'id -un; pwd; echo x >>became; exit 3');

    const { state, log } = await runToEnd(become('deploy'), run('become'));

    expect([state, log.text]).toEqual([ended(3), 'app\n/home/app\n']);
    expect(await poll(as('deploy'), 'become', new KeptLog().follow())).toMatchObject({ state: { kind: 'none' } });
    await expect(runToEnd(become('asks'), run('asked'))).rejects.toMatchObject({
      message: expect.stringMatching(/gave no answer: sudo: a password is required/),
    });
    await expect(runToEnd(become('noexec'), run('refused'))).rejects.toThrow(/sudo/);
    expect(await one.shell('cat /home/app/became')).toBe('x\n');
  });

  it('whose supervisor is killed is lost with it, and does not begin again', async () => {
    const run = runOf('unwatched', 'echo x >>unwatched; echo begun; while [ ! -e go ]; do sleep 0.05; done');
    const log = new KeptLog();
    await start(as('app'), run, log.follow({ seconds: 0 }));
    await eventually('it has begun', async () => {
      await poll(as('app'), run.id, log.follow({ seconds: 0 }));
      return log.text === 'begun\n';
    });

    await one.shell(`kill -KILL $(cut -d' ' -f1 /home/app/.gantry/runs/unwatched/claim)`);

    await eventually('it is an orphan', () => poll(as('app'), run.id, log.follow({ seconds: 0 })), {
      isWanted: ({ state }) => state.kind === 'orphan',
    });
    await one.shell('touch /home/app/go');
    const lost = { kind: 'lost', cause: 'supervisor' };
    expect((await runToEnd(as('app'), run, log)).state).toEqual(lost);
    expect((await runToEnd(as('app'), run, log)).state).toEqual(lost);
    expect(await one.shell('cat /home/app/unwatched')).toBe('x\n');
  });

  it('that a reboot ended is lost by it, and does not begin again; what had ended is known', async () => {
    const run = runOf('rebooted', 'echo x >>rebooted; sleep 1000');
    await runToEnd(as('app'), runOf('before', 'exit 5'));
    await start(as('app'), run, new KeptLog().follow({ seconds: 0 }));
    await eventually('it has begun', () => existsSync(one.path('/home/app/rebooted')));

    await one.reboot();
    await pool.close();
    pool = newPool();

    expect((await runToEnd(as('app'), run)).state).toEqual({ kind: 'lost', cause: 'reboot' });
    expect((await cancel(as('app'), 'rebooted', 1, new KeptLog().follow())).state).toMatchObject({ kind: 'lost' });
    expect((await poll(as('app'), 'before', new KeptLog().follow())).state).toEqual(ended(5));
    expect(await one.shell('cat /home/app/rebooted')).toBe('x\n');
  });
});

/** Where runs of a user are who has no home to write to. */
function spareOf(user: string): string {
  return `/var/tmp/gantry-${USERS.find(({ name }) => name === user)!.id}`;
}

/** The processes of a user on a machine. */
function pidsOf(machine: Machine, user: string, name?: string): number[] {
  const { id } = USERS.find((known) => known.name === user)!;
  return pidsOn(machine).filter((pid) => {
    const status = readOn(machine, `/proc/${pid}/status`);
    const isTheirs = status.includes(`\nUid:\t${id}\t`) && !/^State:\t[ZX]/m.test(status);
    return isTheirs && (name === undefined || status.startsWith(`Name:\t${name}\n`));
  });
}

/** What has ended by itself meanwhile, as a loop's `sleep` does, is no matter. */
async function endAllOf(machine: Machine, user: string): Promise<void> {
  await eventually(`nothing of ${user} runs`, async () => {
    const pids = pidsOf(machine, user);
    if (pids.length > 0) await machine.shell(`kill -KILL ${pids.join(' ')} || :`);
    return pids.length === 0;
  });
}

/** What on a machine carries the mark of a run or is in its session. */
function ofRun(machine: Machine, id: string, session: string): number[] {
  return pidsOn(machine).filter((pid) => {
    const [, fields] = readOn(machine, `/proc/${pid}/stat`).split(/\) (?=[A-Z] )/);
    if (fields === undefined || /^[ZX]/.test(fields)) return false;
    const isMarked = readOn(machine, `/proc/${pid}/environ`).includes(`GANTRY_RUN=${id};`);
    return isMarked || fields.split(' ')[3] === session;
  });
}
