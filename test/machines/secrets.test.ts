import { findProgram } from '../../bench/hosts/shells';
import { makeUserKey } from '../../bench/machines/keys';
import type { Machine } from '../../bench/machines/machine';
import { type Machines, openMachines } from '../../bench/machines/machines';
import { hopTo } from '../../bench/machines/route';
import { PASSWORD } from '../../bench/machines/users';
import { cancel, start, type Target } from '../../hosts/attach';
import { HELPER } from '../../hosts/helper';
import type { SshPool } from '../../hosts/ssh/pool';
import { failureOf, newPool, say } from '../hosts/ssh/support';
import { ended, KeptLog, leavesOut, runOf, runToEnd } from '../hosts/support';
import { eventually } from '../support/eventually';
import { filesWith, onMachines, pidsOn, readOn } from './support';

/** Written nowhere but in parameters. */
const SECRET = ['never', 'to', 'be', 'seen'].join('-');

onMachines('what is secret, on a real host,', 'namespaces', () => {
  let machines: Machines;
  let one: Machine;
  let pool: SshPool;

  beforeAll(async () => {
    machines = await openMachines({
      count: 2,
      tools: ['sh', findProgram('busybox') ? 'busybox' : 'sh'],
      sshd: { lines: ['LogLevel VERBOSE', 'PasswordAuthentication yes'] },
    });
    [one] = machines.hosts as [Machine];
  });
  beforeEach(() => {
    pool = newPool();
  });
  afterEach(() => pool.close());
  afterAll(() => machines?.close());

  const cases: [user: string, index: number, become: string[] | undefined][] = [
    ['root', 0, undefined],
    ['app', 1, undefined],
  ];
  if (findProgram('sudo')) cases.push(['deploy', 0, ['sudo', '-n', '-H', '-u', 'app']]);
  else it(...leavesOut('sudo'));

  it.each(cases)(
    'is on no command line at all, and in no file while the script runs or afterwards (%s on host %i, %s)',
    async (user, index, become) => {
      const host = machines.hosts[index]!;
      const id = `secret-${user}-${index}`;
      const target: Target = { transport: pool.transport([hopTo(host, { user })]), become };
      const block = `export GANTRY_P_key='${SECRET}'\n`;
      const script = 'printf %s "$GANTRY_P_key" | wc -c; while [ ! -e /tmp/go ]; do sleep 0.05; done';
      const watch = watchCommands(host);
      const log = new KeptLog();
      const running = runToEnd(target, runOf(id, script, { block }), log);
      await eventually('it has begun', () => log.text !== '');

      const whileItRuns = filesWith(host, SECRET);
      await host.shell('touch /tmp/go');
      const { state } = await running;
      await host.shell('rm /tmp/go');
      const seen = watch.stop();

      expect(log.text.trim()).toBe(String(SECRET.length));
      expect(state).toEqual(ended(0));
      expect(whileItRuns).toEqual([]);
      expect(filesWith(host, SECRET)).toEqual([]);
      expect(seen.filter((line) => line.includes(SECRET))).toEqual([]);
      // It was looked at the right moments, and at the right places.
      expect(seen.filter((line) => line.includes(id)).length).toBeGreaterThan(0);
      expect(filesWith(host, id).length).toBeGreaterThan(0);
    },
  );

  it('is in no file when a run is cancelled, nor when its host is rebooted in the middle', async () => {
    const target = { transport: pool.transport([hopTo(one)]) };
    const block = `export GANTRY_P_key='${SECRET}'\n`;
    const begin = async (id: string) => {
      const log = new KeptLog();
      await start(target, runOf(id, 'echo begun; sleep 1000', { block }), log.follow({ seconds: 0 }));
      await eventually('it has begun', () => one.shell(`cat /root/.gantry/runs/${id}/log`), { despiteErrors: true });
    };
    await begin('cancelled');
    await cancel(target, 'cancelled', 1, new KeptLog().follow());
    expect(filesWith(one, SECRET)).toEqual([]);

    await begin('rebooted');
    await one.reboot();

    expect(filesWith(one, SECRET)).toEqual([]);
  });

  it('for a login is in no file of the host and in no message, whether it lets in or not', async () => {
    const userKey = makeUserKey().private;
    const login = (password: string) => pool.transport([hopTo(one, passwordOf('asks', password))]);
    const stranger = hopTo(one, { login: { kind: 'private_key', privateKey: userKey }, loginKey: 'stranger' });

    expect((await say(login(PASSWORD), 'id -un')).stdout).toBe('asks\n');
    const wrong = await failureOf(say(login(SECRET), 'true'));
    const unknown = await failureOf(say(pool.transport([stranger]), 'true'));

    expect([wrong.problem, unknown.problem]).toEqual(['auth', 'auth']);
    expect(wrong.message).toMatch(/does not let asks in by password/);
    const secretOfKey = userKey.split('\n')[2]!;
    for (const text of [SECRET, PASSWORD, secretOfKey]) {
      expect(`${wrong.message} ${wrong.stack} ${unknown.message} ${unknown.stack}`).not.toContain(text);
      expect(filesWith(one, text)).toEqual([]);
    }
  });

  it('is not the helper, which is seen to be in no command line either: what is there is the same for all', async () => {
    const watch = watchCommands(one);
    const target = { transport: pool.transport([hopTo(one)]) };

    await runToEnd(target, runOf('short', 'sleep 0.3'));

    const seen = watch.stop();
    expect(seen.filter((line) => line.includes(HELPER.slice(0, 40)))).toEqual([]);
    expect(seen.filter((line) => line.includes('gantry start')).length).toBeGreaterThan(0);
  });
});

function passwordOf(user: string, password: string) {
  return { user, login: { kind: 'password', password } as const, loginKey: password };
}

/** Keeps all command lines that a machine has until `stop`. */
function watchCommands(machine: Machine): { stop(): string[] } {
  const seen = new Set<string>();
  const look = () => {
    for (const pid of pidsOn(machine)) seen.add(readOn(machine, `/proc/${pid}/cmdline`).replaceAll('\0', ' '));
  };
  const timer = setInterval(look, 2);
  return {
    stop: () => {
      clearInterval(timer);
      return [...seen];
    },
  };
}
