import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { isAlive, startTimeOf } from '../../stack/identity';
import { eventually } from '../support/eventually';
import { aliveOf, discardHome, freePort, newHome, recordOf, STACK_PATIENCE, type Started, startStack } from './helper';

/** The stack promises 10 s; a busy machine gets some more before the test calls it broken. */
const STOP_WITHIN_MS = 15_000;

/**
 * One home goes through the life of a stack, step by step: each test begins where the one before it ended, as every boot
 * takes seconds.
 */
describe('a stack on one home', () => {
  const home = newHome();
  let port: number;
  let stack: Started;

  beforeAll(async () => {
    port = await freePort();
  });
  afterAll(async () => {
    stack?.child.kill('SIGTERM');
    await stack?.exited();
    discardHome(home);
  });

  async function answers(): Promise<boolean> {
    return fetch(`http://127.0.0.1:${port}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
  }

  it('leaves nothing behind when it is stopped while the database is being made', async () => {
    stack = startStack(home, port);
    await stack.printed('making the Postgres database cluster');
    const { processes } = recordOf(home);

    const stoppedAtMs = Date.now();
    stack.child.kill('SIGTERM');

    expect(await stack.exited()).toBe(143);
    expect(Date.now() - stoppedAtMs).toBeLessThan(STOP_WITHIN_MS);
    expect(aliveOf(processes)).toEqual([]);
    expect(recordOf(home)).toMatchObject({ state: 'stopped', processes: {} });
  });

  it('reaches ready on what the interrupted start left, and says where and what to try', async () => {
    stack = startStack(home, port);
    await stack.printed('serving; Ctrl-C');

    expect(stack.output()).toContain(`\nready http://127.0.0.1:${port}\n`);
    expect(stack.output()).toMatch(/Temporal Web UI http:\/\/127\.0\.0\.1:\d+\n/);
    expect(stack.output()).toContain(`curl -s http://127.0.0.1:${port}/apigw/fast_create_task/1/`);
    expect(await answers()).toBe(true);
    const { temporalUi } = recordOf(home).addresses;
    expect((await fetch(temporalUi!)).ok).toBe(true);
  });

  it('keeps its addresses, processes and credentials in files for the owner only', () => {
    const record = recordOf(home);
    const credentials = JSON.parse(fs.readFileSync(path.join(home, 'credentials.json'), 'utf8'));

    expect(record.state).toBe('ready');
    expect(record.addresses.api).toBe(`http://127.0.0.1:${port}`);
    expect(record.addresses.temporal).toBe(`127.0.0.1:${record.ports.temporal}`);
    expect(Object.keys(record.processes).sort()).toEqual(['api', 'postgres', 'supervisor', 'temporal', 'worker']);
    for (const { pid, startTime } of Object.values(record.processes)) expect(startTimeOf(pid)).toBe(startTime);
    expect(Object.keys(credentials).sort()).toEqual(['app_code', 'app_secret', 'username']);
    for (const name of ['stack.json', 'credentials.json', 'postgres-password', 'codec-token']) {
      expect(`${name} ${(fs.statSync(path.join(home, name)).mode & 0o777).toString(8)}`).toBe(`${name} 600`);
    }
  });

  it('refuses a second start on the same home, naming the first', async () => {
    const { supervisor } = recordOf(home).processes;

    const second = startStack(home, await freePort());

    expect(await second.exited()).toBe(1);
    expect(second.output()).toContain(`pid ${supervisor!.pid}`);
    expect(second.output()).toContain(`http://127.0.0.1:${port}`);
    expect(isAlive(supervisor!)).toBe(true);
    expect(await answers()).toBe(true);
  });

  it('starts a worker again that was killed', async () => {
    const killed = recordOf(home).processes.worker!;

    process.kill(killed.pid, 'SIGKILL');
    await stack.printed('worker runs again');

    const { worker } = recordOf(home).processes;
    expect(worker!.pid).not.toBe(killed.pid);
    expect(isAlive(worker!)).toBe(true);
    expect(stack.output()).toContain('worker ended (SIGKILL); starting it again in 1 s');
  });

  it('starts Postgres and Temporal again that were killed, on the same ports', async () => {
    const before = recordOf(home);

    process.kill(before.processes.postgres!.pid, 'SIGKILL');
    process.kill(before.processes.temporal!.pid, 'SIGKILL');
    await stack.printed('postgres runs again');
    await stack.printed('temporal runs again');

    expect(recordOf(home).ports).toEqual(before.ports);
    await eventually('the API answers', answers, STACK_PATIENCE);
  });

  it('does not let services wait longer each time that they die while Postgres is away', async () => {
    const said = stack.output().length;
    for (let round = 0; round < 2; round++) {
      const { api, postgres, worker } = recordOf(home).processes;
      for (const { pid } of [postgres!, api!, worker!]) process.kill(pid, 'SIGKILL');
      await eventually('they run again', () => recordOf(home).processes, {
        ...STACK_PATIENCE,
        isWanted: (now) => [now.api, now.worker].every((one) => one && one.pid !== api!.pid && one.pid !== worker!.pid),
      });
      await eventually('the API answers', answers, STACK_PATIENCE);
    }

    const waits =
      stack
        .output()
        .slice(said)
        .match(/(api|worker) .*starting it again in \d+ s/g) ?? [];
    expect(waits.length).toBeGreaterThanOrEqual(4);
    expect(waits.every((line) => line.endsWith(' in 1 s'))).toBe(true);
  });

  it('stops everything it started when it is asked to', async () => {
    const { processes } = recordOf(home);

    const stoppedAtMs = Date.now();
    stack.child.kill('SIGTERM');

    expect(await stack.exited()).toBe(0);
    expect(Date.now() - stoppedAtMs).toBeLessThan(STOP_WITHIN_MS);
    expect(aliveOf(processes)).toEqual([]);
    expect(recordOf(home)).toMatchObject({ state: 'stopped', processes: {} });
  });

  it('names the port when another program listens on it', async () => {
    const other = net.createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));

    stack = startStack(home, port);
    const code = await stack.exited();
    await new Promise((resolve) => other.close(resolve));

    expect(code).toBe(1);
    expect(stack.output()).toContain(`Port ${port} is in use`);
  });

  it('comes up at the same addresses after kill -9 of all its processes', async () => {
    stack = startStack(home, port);
    await stack.printed('serving; Ctrl-C');
    const before = recordOf(home);

    stack.child.kill('SIGKILL');
    for (const { pid } of Object.values(before.processes)) process.kill(pid, 'SIGKILL');
    await stack.exited();
    stack = startStack(home, port);
    await stack.printed('serving; Ctrl-C');

    expect(recordOf(home).addresses).toEqual(before.addresses);
    expect(aliveOf(before.processes)).toEqual([]);
    expect(await answers()).toBe(true);
  });

  describe('when only its supervisor is killed', () => {
    let stranger: ChildProcess;

    beforeAll(() => {
      stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    });
    afterAll(() => {
      stranger.kill('SIGKILL');
    });

    it('ends what was left behind, and not a stranger that has a recorded pid by now', async () => {
      const before = recordOf(home);
      process.kill(before.processes.supervisor!.pid, 'SIGKILL');
      await stack.exited();
      expect(aliveOf(before.processes)).toEqual(expect.arrayContaining(['postgres', 'temporal']));
      const file = path.join(home, 'stack.json');
      const record = JSON.parse(fs.readFileSync(file, 'utf8'));
      record.processes.worker = { pid: stranger.pid, startTime: '1' };
      fs.writeFileSync(file, JSON.stringify(record));

      stack = startStack(home, port);
      await stack.printed('serving; Ctrl-C');

      expect(stack.output()).toContain('ending what an earlier start left behind');
      expect(aliveOf(before.processes)).toEqual([]);
      expect(startTimeOf(stranger.pid!)).toBeDefined();
      expect(await answers()).toBe(true);
    });
  });

  it('stops by itself when its launcher is killed, and the next start waits for that', async () => {
    const before = recordOf(home);

    stack.child.kill('SIGKILL');
    stack = startStack(home, port);
    await stack.printed('serving; Ctrl-C');

    expect(aliveOf(before.processes)).toEqual([]);
  });

  it('runs beside a stack on another home, also one that the postgres user cannot reach', async () => {
    const closedHome = newHome(0o700);
    const other = startStack(closedHome, await freePort());
    try {
      await other.printed('serving; Ctrl-C');

      expect(await answers()).toBe(true);
      const ports = [recordOf(home), recordOf(closedHome)].flatMap((record) => Object.values(record.ports));
      expect(new Set(ports).size).toBe(10);

      other.child.kill('SIGINT');
      expect(await other.exited()).toBe(0);
      expect(await answers()).toBe(true);
    } finally {
      other.child.kill('SIGTERM');
      await other.exited();
      discardHome(closedHome);
    }
  });
});
