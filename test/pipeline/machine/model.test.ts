import fc from 'fast-check';
import { predict } from '../../support/model';
import { Dice, fateOf, RandomRun } from '../../support/random-runs';
import { type Block, randomBlocks } from '../../support/random-trees';
import type { Request } from '../../support/simulation';

const seeds = fc.integer();

describe('a random task, with random failures and decisions about them', () => {
  it('ends as the reference model says, in whatever order things happen', () => {
    fc.assert(
      fc.property(randomBlocks, seeds, seeds, (blocks, fate, dice) => {
        const run = new RandomRun(blocks, fateOf(fate), new Dice(dice)).start().finish();

        expect(run.end).toEqual(predict(blocks, fateOf(fate)));
      }),
      { numRuns: 200 },
    );
  });

  it('ends the same with pauses of the task, of nodes and of subprocesses in between', () => {
    fc.assert(
      fc.property(randomBlocks, seeds, seeds, (blocks, fate, dice) => {
        const run = new RandomRun(blocks, fateOf(fate), new Dice(dice));
        for (let pauses = run.dice.roll(3); pauses > 0; pauses--) pauseOrResume(run);
        run.start();
        while (run.next()) if (run.dice.roll(2) === 0) pauseOrResume(run);
        resumeAll(run);

        expect(run.end).toEqual(predict(blocks, fateOf(fate)));
      }),
      { numRuns: 200 },
    );
  });
});

describe('the state of a task', () => {
  it('goes through JSON after any event and makes no difference', () => {
    fc.assert(
      fc.property(randomBlocks, seeds, seeds, (blocks, fate, dice) => {
        const [plain, copied] = [false, true].map((roundTrips) => {
          const run = new RandomRun(blocks, fateOf(fate), new Dice(dice), { roundTrips }).start();
          while (run.next()) if (run.dice.roll(3) === 0) pauseOrResume(run);
          resumeAll(run);
          return run.simulation;
        });

        expect(copied!.commands).toEqual(plain!.commands);
        expect(copied!.state).toEqual(plain!.state);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a task that is carried over to a new run', () => {
  it('ends the same wherever it is cut', () => {
    fc.assert(
      fc.property(randomBlocks, seeds, seeds, (blocks, fate, dice) => {
        const whole = new RandomRun(blocks, fateOf(fate), new Dice(dice)).start().finish();
        const predicted = predict(blocks, fateOf(fate));

        for (let cut = 1; cut <= whole.events.length; cut++) {
          const run = runWithCut(blocks, fate, dice, cut);
          expect(run.end).toEqual(predicted);
          expect(ranIn(run)).toEqual(ranIn(whole));
        }
      }),
      { numRuns: 20 },
    );
  });
});

/** Drains a task after so many events, and carries it over as soon as no activity is open. */
function runWithCut(blocks: Block[], fate: number, dice: number, cut: number): RandomRun {
  const run = new RandomRun(blocks, fateOf(fate), new Dice(dice), { roundTrips: true }).start();
  while (run.events.length < cut && run.next());
  if (run.simulation.ended) return run;
  run.happen({ type: 'drained' });
  while (run.simulation.state.openPlugins > 0 && run.next());
  // The timers of the old run are gone.
  run.simulation.timers.clear();
  run.happen({ type: 'carried_over' });
  return run.finish();
}

function ranIn(run: RandomRun): string[] {
  return run.simulation.ran.map(({ id }) => id).sort();
}

function pauseOrResume(run: RandomRun): void {
  const { id, type } = run.dice.pick(run.program.nodes)!;
  const requests: Request[] = [
    { action: 'pause' },
    { action: 'resume' },
    { action: type === 'subprocess' ? 'pause_subproc' : 'pause_node', node: id },
    { action: type === 'subprocess' ? 'resume_subproc' : 'resume_node', node: id },
  ];
  run.operate(run.dice.pick(requests)!);
}

/** Resumes whatever is paused until nothing more can happen. */
function resumeAll(run: RandomRun): void {
  for (let before = -1; before < run.events.length; run.finish()) {
    before = run.events.length;
    run.operate({ action: 'resume' });
    for (const { id, type } of run.program.nodes) {
      run.operate({ action: type === 'subprocess' ? 'resume_subproc' : 'resume_node', node: id });
    }
  }
}
