import { readdirSync } from 'node:fs';
import { cancel, poll } from '../../hosts/attach';
import { eventually } from '../support/eventually';
import { ended, isAlive, KeptLog, PRESENT, processesOfRun, readProc, runOf, runToEnd, TestHost } from './support';

/** Hears no TERM, has jobs, and daemons in sessions of their own, one of which has forgotten where it comes from. */
const STUBBORN = `
trap "" TERM
setsid sh -c 'trap "" TERM; echo $$ >> pids; while :; do sleep 1; done' &
(setsid sh -c '(setsid sh -c "echo \\$\\$ >> pids; exec sleep 999" </dev/null >/dev/null 2>&1 &)' &)
env -i sh -c 'trap "" TERM; echo $$ >> pids; while :; do /bin/sleep 1 || exit; done' &
sleep 888 &
echo $! >> pids
echo $$ > leader
echo $$ >> pids
echo begun
while :; do sleep 1; done`;

const CANCELLED = expect.objectContaining({ kind: 'ended', why: 'cancelled' });

describe.each(PRESENT)('cancelling on a host whose sh is %s', (shell) => {
  let host: TestHost;

  beforeAll(() => {
    host = new TestHost({ shell });
  });
  afterAll(() => host.remove());

  it('leaves no process that carries the mark or is in the session of the run', async () => {
    const log = new KeptLog();
    const running = runToEnd(host, runOf('stubborn', STUBBORN.replaceAll('/bin/sleep', 'sleep')), log);
    await eventually('all of them are there', () => host.lines('pids'), { isWanted: (lines) => lines === 5 });
    const pids = host.read('pids').trim().split('\n');
    const leader = host.read('leader').trim();
    const session = readProc(leader, 'stat').split(') ')[1]!.split(' ')[3];
    expect(session).toBe(leader);
    expect(pids.filter((pid) => readProc(pid, 'environ').includes('GANTRY_RUN=stubborn;')).length).toBe(4);

    const { state, left } = await cancel(host, 'stubborn', 1, { offset: 0, onLog: () => {} });

    expect({ state, left }).toEqual({ state: CANCELLED, left: [] });
    expect(processesOfRun('stubborn')).toEqual([]);
    expect(inSession(session!)).toEqual([]);
    expect(pids.filter(isAlive)).toEqual([]);
    expect((await running).state).toEqual(state);
    expect(log.text).toMatch(/^begun\n/);
    await host.quiet();
  });

  it('gives what belongs to the run the time to end by itself', async () => {
    const script = 'trap "echo ended well; exit 5" TERM; echo begun; while :; do sleep 0.1; done';
    const log = new KeptLog();
    // However long it takes to look at all processes of a busy machine: who only starts it hears twenty seconds of it.
    const running = runToEnd(host, runOf('polite', script), log);
    await eventually('it has begun', () => log.text.includes('begun'));

    const { state } = await cancel(host, 'polite', 30, { offset: 0, onLog: () => {} });
    await running;

    expect(state).toEqual(expect.objectContaining({ kind: 'ended', why: 'cancelled', code: 5 }));
    expect(log.text).toMatch(/^begun\n(Terminated\n)?ended well\n$/);
  });

  it('takes a run that has not begun away from whoever starts it later', async () => {
    const { state } = await cancel(host, 'early', 1, { offset: 0, onLog: () => {} });
    const { state: started } = await runToEnd(host, runOf('early', 'echo x >> early'));

    expect([state, started]).toEqual([{ kind: 'cancelled' }, { kind: 'cancelled' }]);
    expect(host.lines('early')).toBe(0);
    expect(readdirSync(host.run('early'))).toEqual(['claim']);
  });

  it('of a run that has ended changes nothing, as often as it is done', async () => {
    const first = await runToEnd(host, runOf('over', 'exit 3'));

    for (let times = 0; times < 2; times++) {
      const { state, position } = await cancel(host, 'over', 1, { offset: 0, onLog: () => {} });
      expect({ state, position }).toEqual({ state: first.state, position: 0 });
    }
    expect(first.state).toEqual(ended(3));
  });

  it('while it is being started ends in one of two ways: it never began, or it was ended', async () => {
    const seen = [];
    for (let round = 0; round < 8; round++) {
      const id = `race-${round}`;
      const run = runOf(id, `echo x >> ${id}; sleep 100`);
      const [cancelled, started] = await Promise.all([
        new Promise((resolve) => setTimeout(resolve, round * 12)).then(() =>
          cancel(host, id, 1, { offset: 0, onLog: () => {} }),
        ),
        runToEnd(host, run),
      ]);
      seen.push({ cancelled: cancelled.state, started: started.state, began: host.lines(id) });
      expect(processesOfRun(id)).toEqual([]);
    }

    const odd = seen.filter(({ cancelled, started, began }) => {
      if (JSON.stringify(cancelled) !== JSON.stringify(started)) return true;
      return cancelled.kind === 'cancelled' ? began !== 0 : cancelled.kind !== 'ended' || began > 1;
    });
    expect(odd).toEqual([]);
    await host.quiet();
    expect((await poll(host, 'race-0', new KeptLog().follow())).state).toEqual(seen[0]!.started);
  });
});

function inSession(session: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    const [, fields] = readProc(pid, 'stat').split(/\) (?=[A-Z] )/);
    return isAlive(pid) && fields?.split(' ')[3] === session;
  });
}
