import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cancel } from '../../hosts/attach';
import { eventually } from '../support/eventually';
import { ended, KeptLog, PRESENT, readProc, runOf, runToEnd, startOtherwise, TestHost } from './support';

/** Written nowhere but in parameters. */
const SECRET = ['never', 'to', 'be', 'seen'].join('-');

describe.each(PRESENT)('what is secret, on a host whose sh is %s,', (shell) => {
  let host: TestHost;

  beforeEach(() => {
    host = new TestHost({ shell });
  });
  afterEach(() => host.remove());

  it('is in no file once the script has begun and on no command line at all, and only its processes know it', async () => {
    const block = `export GANTRY_P_key='${SECRET}'\n`;
    const script = 'echo begun; while [ ! -e go ]; do sleep 0.05; done; printf %s "$GANTRY_P_key" | cat > known';
    const log = new KeptLog();
    const seen = new Set<string>();
    const run = runOf('secret', script, { block });
    const running = runToEnd(host, run, log);
    await eventually('it has begun', () => {
      for (const pid of host.processes()) seen.add(readProc(pid, 'cmdline'));
      return log.text === 'begun\n';
    });

    expect(filesWith(host.folder, SECRET)).toEqual([]);
    expect([...seen].filter((line) => line.includes(SECRET))).toEqual([]);
    expect([...seen].filter((line) => line.includes('helper') || line.includes('start'))).not.toEqual([]);
    expect(host.processes().filter((pid) => readProc(pid, 'environ').includes(SECRET)).length).toBeGreaterThan(0);
    await cancel(host, 'secret', 1, { offset: 0, onLog: () => {} });
    await running;
    await host.quiet();
    expect(filesWith(host.folder, SECRET)).toEqual([]);
  });

  it('is gone when the run has ended, though somebody laid it out again while it ran and was killed', async () => {
    const log = new KeptLog();
    const running = runToEnd(host, runOf('again', 'echo begun; while [ ! -e go ]; do sleep 0.05; done'), log);
    await eventually('it has begun', () => log.text === 'begun\n');
    mkdirSync(join(host.run('again'), 'other'));
    writeFileSync(join(host.run('again'), 'other', 'env'), SECRET);
    writeFileSync(join(host.home, 'go'), '');

    expect((await running).state).toEqual(ended(0));

    expect(filesWith(host.folder, SECRET)).toEqual([]);
  });

  it('is gone when whoever laid it out is killed, as soon as anybody begins or cancels the run', async () => {
    for (const id of ['begun', 'cancelled']) {
      const run = runOf(id, 'exit 3', { block: `export GANTRY_P_key='${SECRET}'\n` });
      // Its supervisor is not allowed to begin, as if it had been killed at once.
      await startOtherwise(host, run, {
        token: 'gone',
        replaced: 'setsid sh "./$token/sup" supervise',
        by: 'kill -KILL $$; : supervise',
      });
      expect(filesWith(host.folder, SECRET)).toEqual([join(host.run(id), 'gone', 'env')]);

      if (id === 'begun') expect((await runToEnd(host, { ...run, block: 'set --\n' })).state).toEqual(ended(3));
      else await cancel(host, id, 1, { offset: 0, onLog: () => {} });

      await host.quiet();
      expect(filesWith(host.folder, SECRET)).toEqual([]);
    }
  });
});

function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file, 'latin1').includes(text));
}
