import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cancel, forget, poll, start } from '../../hosts/attach';
import { eventually } from '../support/eventually';
import { endProcess, KeptLog, PRESENT, processesOfRun, runOf, runToEnd, TestHost } from './support';

describe.each(PRESENT)('a run on a host whose sh is %s', (shell) => {
  let host: TestHost;

  const boot = join(tmpdir(), `gantry-boot-${process.pid}-${shell}`);

  afterEach(() => {
    host.remove();
    rmSync(boot, { force: true });
  });

  it('whose supervisor is killed goes on as an orphan, and is lost at its end; it does not begin again', async () => {
    host = new TestHost({ shell });
    const run = runOf('orphan', 'echo x >> began; echo first; while [ ! -e go ]; do sleep 0.05; done; echo last', {
      timeoutSeconds: 0,
    });
    const log = new KeptLog();
    await start(host, run, log.follow({ seconds: 0 }));
    await eventually('it has begun', () => host.lines('began') === 1);

    endProcess(supervisorOf('orphan'));

    expect((await poll(host, 'orphan', log.follow({ seconds: 0 }))).state).toEqual({ kind: 'orphan' });
    writeFileSync(join(host.home, 'go'), '');
    const { state } = await runToEnd(host, run, log);
    expect(state).toEqual({ kind: 'lost', cause: 'supervisor' });
    expect(log.text).toBe('first\nlast\n');
    expect((await runToEnd(host, run)).state).toEqual(state);
    expect(host.lines('began')).toBe(1);
    await host.quiet();
    expect(await forget(host, 'orphan')).toBeUndefined();
    expect((await runToEnd(host, run)).state).toEqual(state);
  });

  it('that is an orphan can be cancelled, and nothing of it is left', async () => {
    host = new TestHost({ shell });
    const log = new KeptLog();
    await start(host, runOf('unhappy', 'echo here; sleep 100'), log.follow({ seconds: 0 }));
    await eventually('it has begun', () => processesOfRun('unhappy').length > 0);
    endProcess(supervisorOf('unhappy'));

    const seen = await cancel(host, 'unhappy', 1, log.follow());

    expect(seen).toEqual({
      state: expect.objectContaining({ kind: 'ended', why: 'cancelled', code: null }),
      position: 5,
      left: [],
    });
    expect(processesOfRun('unhappy')).toEqual([]);
  });

  it('is ended by its timeout though its supervisor was killed', async () => {
    host = new TestHost({ shell });
    const log = new KeptLog();
    await start(host, runOf('late', 'sleep 100', { timeoutSeconds: 2 }), log.follow({ seconds: 0 }));
    await eventually('it has begun', () => processesOfRun('late').length > 0);
    endProcess(supervisorOf('late'));

    await eventually('it is ended', () => processesOfRun('late'), { isWanted: ({ length }) => length === 0 });

    expect((await poll(host, 'late', log.follow())).state).toEqual({ kind: 'lost', cause: 'supervisor' });
  });

  it('that a reboot ended is lost, and does not begin again', async () => {
    writeFileSync(boot, 'one\n');
    host = new TestHost({ shell, env: { GANTRY_BOOT_ID_FILE: boot } });
    const run = runOf('reboot', 'echo x >> began; echo here; sleep 100');
    const log = new KeptLog();
    await start(host, run, log.follow({ seconds: 0 }));
    await eventually('it has begun', () => host.lines('began') === 1);
    await runToEnd(host, runOf('before', 'exit 2'));

    for (const pid of host.processes()) endProcess(pid);
    writeFileSync(boot, 'two\n');
    mkdirSync(join(host.run('reboot'), 'killed'));
    for (const name of ['env', 'keeper']) writeFileSync(join(host.run('reboot'), 'killed', name), 'secret');

    const { state } = await runToEnd(host, run, log);
    expect(state).toEqual({ kind: 'lost', cause: 'reboot' });
    expect(log.text).toBe('here\n');
    // Parameters that nobody was there to delete are not left to whoever comes by.
    expect(readdirSync(host.run('reboot')).sort()).toEqual(['claim', 'log', 'pid', 'script', 'sup']);
    expect(host.lines('began')).toBe(1);
    expect((await cancel(host, 'reboot', 1, log.follow())).state).toEqual(state);
    // What was written down before is known after it.
    expect((await poll(host, 'before', new KeptLog().follow())).state).toEqual(
      expect.objectContaining({ kind: 'ended', code: 2 }),
    );
  });

  function supervisorOf(id: string): number {
    return Number(readFileSync(join(host.run(id), 'claim'), 'utf8').split(' ')[0]);
  }
});
