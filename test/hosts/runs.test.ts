import { existsSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../bench/hosts/shells';
import { cancel, forget, poll, start } from '../../hosts/attach';
import { eventually } from '../support/eventually';
import {
  ABSENT,
  ended,
  endProcess,
  KeptLog,
  leavesOut,
  PRESENT,
  runOf,
  runToEnd,
  startOtherwise,
  TestHost,
} from './support';

/** Every byte there is, and the ones that shells and terminals do something about. */
const BINARY = Buffer.from([...Array.from({ length: 256 }, (_, byte) => byte), 0, 13, 10, 0, 255, 10, 0]);
const octal = (bytes: Uint8Array) => [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

describe('runs', () => {
  it('are tried in the shells that this machine has', () => expect(PRESENT.length).toBeGreaterThan(0));
  for (const shell of ABSENT) it(...leavesOut(shell));
});

describe.each(PRESENT)('a run on a host whose sh is %s', (shell) => {
  let host: TestHost;

  beforeAll(() => {
    host = new TestHost({ shell });
  });
  afterEach(() => host.quiet());
  afterAll(() => host.remove());

  it('gives back its output in order, its exit code and when it was', async () => {
    const before = Math.floor(Date.now() / 1000);

    const { state, log } = await runToEnd(host, runOf('code', 'echo one; echo two >&2; echo three; exit 7'));

    expect(log.text).toBe('one\ntwo\nthree\n');
    expect(state).toEqual(ended(7, { logBytes: 14 }));
    if (state.kind !== 'ended') throw new Error('it has not ended');
    expect(state.startedAt.getTime()).toBeGreaterThanOrEqual(before * 1000);
    expect(state.endedAt.getTime()).toBeGreaterThanOrEqual(state.startedAt.getTime());
  });

  it('hears its parameters and arguments, begins at home with the umask of the login, and has no input', async () => {
    const block = `export GANTRY_P_x='it'\\''s $HOME'\nset -- 'a b' '' '*'\n`;
    const script = 'pwd; umask; printf "%s|" "$GANTRY_P_x" "$#" "$@"; cat';

    const { state, log } = await runToEnd(host, runOf('params', script, { block }));

    expect(log.text).toBe(`${host.home}\n0022\nit's $HOME|3|a b||*|`);
    expect(state).toEqual(ended(0));
  });

  it('passes bytes on as they are', async () => {
    const { state, log } = await runToEnd(host, runOf('binary', `printf '${octal(BINARY)}'; exit 3`));

    expect(log.bytes).toEqual(BINARY);
    expect(state).toEqual(ended(3, { logBytes: BINARY.length }));
  });

  it('passes a line of ten megabytes on', async () => {
    const { state, log } = await runToEnd(host, runOf('line', 'dd if=/dev/zero bs=1000000 count=10 2>/dev/null; echo'));

    expect(log.bytes.length).toBe(10_000_001);
    expect(log.bytes.equals(Buffer.concat([Buffer.alloc(10_000_000), Buffer.from('\n')]))).toBe(true);
    expect(state).toEqual(ended(0, { logBytes: 10_000_001 }));
  });

  it('keeps as much output as it may, says that there was more, and lets the script end as it wants', async () => {
    const script = 'dd if=/dev/zero bs=1000000 count=5 2>/dev/null; echo done > at-its-end; exit 4';

    const { state, log } = await runToEnd(host, runOf('cap', script, { maxLogBytes: 102_400 }));

    expect(state).toEqual(ended(4, { isCut: true }));
    expect(log.bytes.subarray(0, 102_400).equals(Buffer.alloc(102_400))).toBe(true);
    expect(log.bytes.subarray(102_400).toString()).toBe('\n[gantry: output is cut here]\n');
    expect(host.read('at-its-end')).toBe('done\n');
  });

  it('may leave a service behind that holds its output: it ends, and the service lives and writes on', async () => {
    const script =
      '(i=0; while [ $i -lt 400 ]; do sleep 0.1; echo tick >> ticks; echo tick; done) & echo $! > service; echo up';

    const { state, log } = await runToEnd(host, runOf('service', script));
    const at = host.lines('ticks');

    expect(state).toEqual(ended(0));
    expect(log.text).toMatch(/^up\n/);
    expect(host.lines('service')).toBe(1);
    await eventually('the service goes on', () => host.lines('ticks'), { isWanted: (ticks) => ticks > at + 2 });
    // One that has ended is not ended again, and what it left is not its any more.
    const { state: cancelled } = await cancel(host, 'service', 1, log.follow());
    expect(cancelled).toEqual(ended(0));
    process.kill(Number(host.read('service')), 0);
    endProcess(Number(host.read('service')));
  });

  it('loses nothing that it has said though the host comes to keep it only long after it has ended', async () => {
    const run = runOf('late', 'echo said; exit 3');
    const replaced = 'read -r own line </proc/self/stat\n    echo "$own" >"$token/keeper"';
    await startOtherwise(host, run, { token: 'late', replaced, by: `sleep 2\n    ${replaced}` });

    const { state, log } = await runToEnd(host, run);

    expect(state).toEqual(ended(3, { logBytes: 5 }));
    expect(log.text).toBe('said\n');
  });

  it('is ended on the host when its time is over, with what it started, though nobody is connected', async () => {
    const script = 'trap "" TERM; (while :; do sleep 1; done) & echo begun; while :; do sleep 1; done';
    const log = new KeptLog();

    const { state } = await start(host, runOf('timeout', script, { timeoutSeconds: 1 }), log.follow({ seconds: 0 }));
    expect(state.kind).toBe('running');
    await eventually('the end is written', () => existsSync(`${host.run('timeout')}/end`), { isWanted: Boolean });
    const seen = await poll(host, 'timeout', log.follow());

    expect(seen.state).toEqual(expect.objectContaining({ kind: 'ended', why: 'timeout', code: 137 }));
    // Its own shell may have a word to say when what it waits for is killed first.
    expect(log.text).toMatch(/^begun\n/);
  });

  it('that has no interpreter says so in its log', async () => {
    const { state, log } = await runToEnd(host, runOf('interpreter', 'x', { interpreter: 'no-such-thing -x' }));

    expect(state).toEqual(ended(127));
    expect(log.text).toMatch(/no-such-thing/);
  });

  it('is not begun again when it has been forgotten, and what was known of it is gone', async () => {
    const run = runOf('forgotten', 'echo once | tee -a forgotten');
    await runToEnd(host, run);

    expect(await forget(host, 'forgotten')).toBeUndefined();
    const log = new KeptLog();
    const seen = await start(host, run, log.follow());

    expect(seen).toEqual({ state: ended(0, { logBytes: 5 }), position: 0 });
    expect(host.read('forgotten')).toBe('once\n');
    expect(readdirSync(host.run('forgotten')).sort()).toEqual(['claim', 'end']);
  });

  it('is forgotten by whoever has followed it to its end, in the same call, and not begun again', async () => {
    const run = runOf('held', 'echo x >> began; echo here');
    const log = new KeptLog();

    const { state, held } = await start(host, run, log.follow({ holdsEnd: true }));

    expect(state).toEqual(ended(0));
    expect(log.text).toBe('here\n');
    expect(existsSync(join(host.run('held'), 'log'))).toBe(true);
    expect(await held!.forget()).toBe(true);
    await host.quiet();
    expect(readdirSync(host.run('held')).sort()).toEqual(['claim', 'end']);
    expect((await runToEnd(host, run)).state).toEqual(ended(0));
    expect(host.lines('began')).toBe(1);
  });

  it('is kept when whoever has followed it says nothing more, and leaves nobody there to wait', async () => {
    const { held } = await start(host, runOf('left', 'true'), new KeptLog().follow({ holdsEnd: true }));

    held!.leave();

    await host.quiet();
    expect(readdirSync(host.run('left')).sort()).toEqual(['claim', 'end', 'log', 'pid', 'script', 'sup']);
  });

  it('that had begun before is not forgotten in the same call when its script was sent once more: it is asked to be', async () => {
    await runToEnd(host, runOf('sent-again', 'true'));

    const { held } = await start(host, runOf('sent-again', 'true'), new KeptLog().follow({ holdsEnd: true }));

    expect(await held!.forget()).toBe(false);
    expect(await forget(host, 'sent-again')).toBeUndefined();
  });

  it('is not forgotten while it runs, and one that nobody knows needs no forgetting', async () => {
    const log = new KeptLog();
    await start(host, runOf('busy', 'sleep 100'), log.follow({ seconds: 0 }));

    expect(await forget(host, 'busy')).toEqual({ kind: 'running' });
    expect(await forget(host, 'unknown')).toBeUndefined();
    expect(await poll(host, 'unknown', log.follow())).toEqual({ state: { kind: 'none' }, position: 0 });
    expect((await cancel(host, 'busy', 1, log.follow())).state).toEqual(
      expect.objectContaining({ kind: 'ended', why: 'cancelled' }),
    );
  });

  it('is cleared away a week after it has ended, and not while it runs, as others are forgotten', async () => {
    const log = new KeptLog();
    await runToEnd(host, runOf('old', 'true'));
    await cancel(host, 'old-cancelled', 1, log.follow());
    await start(host, runOf('old-running', 'sleep 100'), log.follow({ seconds: 0 }));
    await runToEnd(host, runOf('young', 'true'));
    const before = new Date(Date.now() - 9 * 86_400_000);
    for (const id of ['old', 'old-cancelled', 'old-running']) utimesSync(host.run(id), before, before);

    const there = () => ['old', 'old-cancelled', 'old-running', 'young'].filter((id) => existsSync(host.run(id)));
    // Not each time: it costs the host a look at all of them.
    await eventually('some forgetting clears away', async () => {
      await forget(host, 'young');
      return there().length < 4;
    });

    await eventually('all is cleared away', () => there(), { isWanted: ({ length }) => length === 2 });
    expect(there()).toEqual(['old-running', 'young']);
    await cancel(host, 'old-running', 1, log.follow());
  });

  it('leaves only what is needed: its folder has no more than its files', async () => {
    await runToEnd(host, runOf('files', 'true'));
    await host.quiet();

    expect(readdirSync(host.run('files')).sort()).toEqual(['claim', 'end', 'log', 'pid', 'script', 'sup']);
  });
});

describe('login shells', () => {
  const tcsh = findProgram('tcsh');

  it('may say what they like before the answer', async () => {
    const host = new TestHost({ login: ['/bin/sh', '-c', 'echo "gantry 0"; echo D 0 5; eval "$2"', 'noisy'] });
    try {
      const { state, log } = await runToEnd(host, runOf('noise', 'echo quiet'));

      expect(state).toEqual(ended(0));
      expect(log.text).toBe('quiet\n');
    } finally {
      host.remove();
    }
  });

  it('that let nobody in are told with what they said', async () => {
    const host = new TestHost({ login: ['/bin/sh', '-c', 'echo This account is not available.; exit 1'] });
    try {
      await expect(runToEnd(host, runOf('nologin', 'true'))).rejects.toMatchObject({
        problem: 'no_answer',
        message: 'the command on the host ended with 1 and gave no answer: This account is not available.',
      });
    } finally {
      host.remove();
    }
  });

  if (tcsh === undefined) it(...leavesOut('tcsh'));
  else {
    it('may be tcsh, which is no POSIX shell', async () => {
      const host = new TestHost({ login: [tcsh] });
      try {
        const block = "set -- 'a!b' '$x'\n";

        const { state, log } = await runToEnd(host, runOf('tcsh', 'printf "%s|" "$@"', { block }));

        expect(state).toEqual(ended(0));
        expect(log.text).toBe('a!b|$x|');
      } finally {
        host.remove();
      }
    });
  }
});
