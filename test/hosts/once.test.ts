import { readdirSync } from 'node:fs';
import { TALKED, talkingScript } from '../../bench/hosts/talking';
import { Dice, seededRandom } from '../../bench/random';
import { poll, type Run, start, type Target } from '../../hosts/attach';
import { HELPER, helperCommand } from '../../hosts/helper';
import { ended, endProcess, KeptLog, PRESENT, runOf, runToEnd, TestHost } from './support';

const SEED = 9;
const talking = (id: string) => runOf(id, talkingScript(id));

describe.each(PRESENT)('on a host whose sh is %s, a run begins once', (shell) => {
  const hosts: TestHost[] = [];
  const host = (onCut?: 'leave' | 'kill') => {
    const made = new TestHost({ shell, ...(onCut && { onCut }) });
    hosts.push(made);
    return made;
  };

  afterEach(() => {
    for (const made of hosts.splice(0)) made.remove();
  });

  it('when eight start it at the same time: all hear the same', async () => {
    const one = host();

    for (const id of ['eight-1', 'eight-2', 'eight-3']) {
      const seen = await Promise.all(Array.from({ length: 8 }, () => runToEnd(one, talking(id))));

      expect(one.lines(id)).toBe(1);
      expect(seen.map(({ state }) => state)).toEqual(seen.map(() => seen[0]!.state));
      expect(seen[0]!.state).toEqual(ended(7));
      expect(seen.filter(({ log }) => log.bytes.equals(TALKED))).toHaveLength(8);
      await one.quiet();
      expect(readdirSync(one.run(id)).sort()).toEqual(['claim', 'end', 'log', 'pid', 'script', 'sup']);
    }
  });

  it.each(['leave', 'kill'] as const)(
    `when its clients are killed at random moments (seed ${SEED}), and what they started is: %s`,
    async (onCut) => {
      const one = host(onCut);
      const dice = new Dice(seededRandom(SEED));
      let killed = 0;

      for (let round = 0; round < 3; round++) {
        const ids = ['a', 'b', 'c', 'd'].map((letter) => `killed-${letter}${round}`);
        const finished = await Promise.all(
          ids.map(async (id) => {
            const log = new KeptLog();
            for (let tries = 0; tries < 3; tries++) {
              if (await isCut(one, talking(id), log, dice.below(500))) killed += 1;
            }
            return runToEnd(one, talking(id), log);
          }),
        );

        expect(ids.map((id) => one.lines(id))).toEqual([1, 1, 1, 1]);
        expect(finished.map(({ state }) => state)).toEqual(finished.map(() => ended(7)));
        expect(finished.filter(({ log }) => log.bytes.equals(TALKED))).toHaveLength(4);
      }
      expect(killed).toBeGreaterThan(0);
    },
  );

  it(`or not at all, when who starts it and its supervisor are killed at random moments (seed ${SEED}): it is lost`, async () => {
    const one = host('kill');
    const dice = new Dice(seededRandom(SEED));
    const outcomes = [];

    for (let round = 0; round < 10; round++) {
      const id = `gate-${round}`;
      const run = runOf(id, `echo x >> ${id}; sleep 0.1`);
      await isCut(one, run, new KeptLog(), dice.below(150));
      for (const pid of one.processes()) endProcess(pid);
      const { state } = await runToEnd(one, run);
      outcomes.push({ state, began: one.lines(id) });
    }

    const odd = outcomes.filter(({ state, began }) => {
      if (state.kind === 'ended') return began !== 1 || state.code !== 0;
      return state.kind !== 'lost' || state.cause !== 'supervisor' || began > 1;
    });
    expect(odd).toEqual([]);
  });

  it('only when it has come whole: one that is cut has not begun, and can be started', async () => {
    const one = host();
    const run = runOf('cut', `echo x >> cut\n${'# more to come\n'.repeat(20_000)}echo end`);
    const words = ['token', run.id, '-', 60, 1_000_000, run.block.length, run.script.length, 0, 0, 'sh'];
    for (const sent of [0, 7, HELPER.length, HELPER.length + 3, HELPER.length + 100_000]) {
      const all = Buffer.concat([Buffer.from(HELPER), Buffer.from(run.block), run.script]);
      await one.transport.exec(helperCommand('start', words), { stdin: [all.subarray(0, sent)], onStdout: () => {} });
    }

    expect(one.lines('cut')).toBe(0);
    expect(await poll(one, 'cut', new KeptLog().follow())).toEqual({ state: { kind: 'staged' }, position: 0 });
    expect(readdirSync(one.run('cut'))).toEqual([]);
    const { state, log } = await runToEnd(one, run);
    expect(state).toEqual(ended(0));
    expect(log.text).toBe('end\n');
    expect(one.lines('cut')).toBe(1);
  });

  it('and tells who sent too little that it did not come whole', async () => {
    const one = host();
    const short: Target = {
      transport: {
        exec: (command, options) => one.transport.exec(command, { ...options, stdin: options.stdin.slice(0, -1) }),
      },
    };

    await expect(start(short, talking('short'), new KeptLog().follow())).rejects.toMatchObject({
      problem: 'incomplete',
      message: 'the script did not come whole: 7 bytes came',
    });
    expect(one.lines('short')).toBe(0);
  });
});

/** Starts a run as a client that is killed after so many milliseconds. */
async function isCut(target: Target, run: Run, log: KeptLog, afterMs: number): Promise<boolean> {
  const killer = new AbortController();
  const timer = setTimeout(() => killer.abort(), afterMs);
  try {
    await start(target, run, log.follow({ signal: killer.signal }));
    return false;
  } catch (error) {
    if (!killer.signal.aborted) throw error;
    return true;
  } finally {
    clearTimeout(timer);
  }
}
