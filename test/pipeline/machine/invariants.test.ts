import fc from 'fast-check';
import { type Command, isEnded, type State } from '../../../pipeline/machine';
import type { Program } from '../../../pipeline/program';
import { Dice, fateOf, RandomRun } from '../../support/random-runs';
import { randomBlocksWithTimeouts } from '../../support/random-trees';
import type { EventBody, Request } from '../../support/simulation';

describe('events in any order, twice, late, or of nothing at all', () => {
  it.each([
    ['while operators do what they like', Number.POSITIVE_INFINITY],
    ['until somebody stops the task', 25],
  ])('break no invariant: %s', (_name, stopsAfter) => {
    fc.assert(
      fc.property(randomBlocksWithTimeouts, fc.integer(), fc.integer(), (blocks, fate, dice) => {
        const run = new RandomRun(blocks, fateOf(fate), new Dice(dice));
        const watch = new Watch();

        for (let count = 0; count < 80; count++) {
          if (count === 1) run.start();
          else if (count === stopsAfter) run.operate({ action: 'stop' });
          else disturb(run);
          expect(watch.problems(run)).toEqual([]);
        }
        runToTheEnd(run);

        expect(watch.problems(run)).toEqual([]);
        expectRunOnce(run);
        expectQuiet(run);
      }),
      { numRuns: 200 },
    );
  });

  it('do nothing at all once the task has ended', () => {
    fc.assert(
      fc.property(randomBlocksWithTimeouts, fc.integer(), fc.integer(), (blocks, fate, dice) => {
        const run = new RandomRun(blocks, fateOf(fate), new Dice(dice)).start();
        for (let count = run.dice.roll(20); count > 0; count--) run.next();
        run.operate({ action: 'stop' });
        const { commands, state } = run.simulation;
        const before = [commands.length, JSON.stringify(state)];

        for (const event of [...run.events, ...operationsOn(run)]) run.simulation.feed(event);

        expect([commands.length, JSON.stringify(state)]).toEqual(before);
      }),
      { numRuns: 100 },
    );
  });
});

/** Something due, something old again, something made up, or something that an operator does. */
function disturb(run: RandomRun): void {
  const { dice, simulation } = run;
  switch (dice.roll(6)) {
    case 0: {
      const old = dice.pick(run.events);
      if (old) simulation.feed(old);
      return;
    }
    case 1:
      simulation.feed(madeUp(run));
      return;
    case 2:
      run.operate(dice.pick(requestsFor(run))!);
      return;
    case 3:
      if (simulation.state.draining && simulation.state.openPlugins === 0) run.happen({ type: 'carried_over' });
      else if (dice.roll(4) === 0) run.happen({ type: 'drained' });
      return;
    default:
      run.next();
  }
}

/** A result or a timer of an attempt that may be open, over, or still to come. */
function madeUp({ dice, program }: RandomRun): EventBody {
  const attempt = `${dice.roll(program.nodes.length)}.${1 + dice.roll(2)}.${1 + dice.roll(2)}`;
  const command = `${attempt}${dice.pick(['', ':timeout', ':retry', '/1', '/2', '/1/0', '/2/1'])}`;
  if (dice.roll(2) === 0) return { type: 'timer_fired', command };
  return { type: 'plugin_ended', command, outcome: { ok: dice.roll(2) === 0, outputs: {}, recorded: false } };
}

/** Every operation but stop, on a node drawn at random. */
function requestsFor({ dice, program }: RandomRun): Request[] {
  const node = dice.pick(program.nodes)!;
  const { id } = node;
  const flows = 'branches' in node ? node.branches.map(({ flow }) => flow) : ['none'];
  return [
    { action: 'pause' },
    { action: 'resume' },
    { action: 'resume' },
    { action: 'set_constants', constants: { x: 1 } },
    { action: 'retry', node: id, inputs: { a: 1 } },
    { action: 'skip', node: id },
    { action: 'skip_exg', node: id, flow: flows[0]! },
    { action: 'skip_cpg', node: id, flows },
    { action: 'callback', node: id, data: 'early' },
    { action: 'forced_fail', node: id },
    { action: 'pause_node', node: id },
    { action: 'resume_node', node: id },
    { action: 'pause_subproc', node: id },
    { action: 'resume_subproc', node: id },
  ];
}

function operationsOn(run: RandomRun): EventBody[] {
  return requestsFor(run).map((request, index) => ({
    type: 'operated',
    operation: { ...request, id: `late-${index}` },
  }));
}

/** Ends whatever was begun: nothing is left paused or drained, and everything due happens. */
function runToTheEnd(run: RandomRun): void {
  for (let before = -1; before < run.events.length; run.finish()) {
    before = run.events.length;
    if (run.simulation.ended) return;
    if (run.simulation.state.draining) {
      while (run.simulation.state.openPlugins > 0 && run.next());
      run.happen({ type: 'carried_over' });
    }
    run.operate({ action: 'resume' });
    for (const { id, type } of run.program.nodes) {
      run.operate({ action: type === 'subprocess' ? 'resume_subproc' : 'resume_node', node: id });
    }
  }
}

/** No attempt of a plugin, and no step of one, is run twice. */
function expectRunOnce({ simulation: { ran } }: RandomRun): void {
  const attempts = ran.map(({ nodeId, loop, attempt, round }) => {
    return `${nodeId} ${loop}.${attempt} ${round?.number} ${round?.part}`;
  });

  expect(new Set(attempts).size).toBe(attempts.length);
  expect(new Set(ran.map(({ id }) => id)).size).toBe(ran.length);
}

/** Looks at a run after every event and says what is wrong with it. */
class Watch {
  #told = 0;
  #greatestSeq = 0;

  problems({ program, simulation }: RandomRun): string[] {
    const { state } = simulation;
    return [
      ...this.#rowsOutOfOrder(simulation.commands),
      ...wrongCounts(program, state),
      ...strayCommands(state),
      ...(isEnded(state) ? [] : lostTokens(state)),
      ...wrongRows(program, simulation),
    ];
  }

  /** New rows have greater numbers than all before; each is used once, and those of a node grow. */
  #rowsOutOfOrder(commands: Command[]): string[] {
    const rows = commands.slice(this.#told).flatMap(rowsOf);
    const before = this.#greatestSeq;
    this.#told = commands.length;
    this.#greatestSeq = rows.reduce((greatest, { seq }) => Math.max(greatest, seq), before);
    const seqs = rows.map(({ seq }) => seq);
    const lastOf = new Map<string, number>();
    const backwards = rows.filter(({ seq, node }) => {
      const last = lastOf.get(node) ?? before;
      lastOf.set(node, seq);
      return seq <= last;
    });
    return [
      ...backwards.map(({ seq, node }) => `row ${seq} of node ${node} goes backwards`),
      ...(new Set(seqs).size < seqs.length ? [`numbers are used twice: ${seqs}`] : []),
    ];
  }
}

function rowsOf(command: Command): { seq: number; node: string }[] {
  if (command.type === 'record_node') return [{ seq: command.row.seq, node: command.row.nodeId }];
  if (command.type === 'record_task') return [{ seq: command.row.seq, node: 'the task' }];
  if (command.type !== 'run') return [];
  // The activity writes a row at its start and one at its end.
  return [command.seq, command.seq + 1].map((seq) => ({ seq, node: command.nodeId }));
}

function wrongCounts(program: Program, state: State): string[] {
  const counted = state.pipelines.map(() => ({ failed: 0, suspended: 0 }));
  state.nodes.forEach((node, index) => {
    const count = counted[program.nodes[index]!.pipeline]!;
    if (node?.status === 'FAILED') count.failed += 1;
    if (node?.status === 'SUSPENDED') count.suspended += 1;
  });
  const isWrong = counted.some(
    ({ failed, suspended }, index) =>
      failed !== state.pipelines[index]!.failed || suspended !== state.pipelines[index]!.suspended,
  );
  const plugins = Object.values(state.open).filter(({ kind }) => kind === 'plugin').length;
  return [
    ...(isWrong ? [`pipelines count ${JSON.stringify(state.pipelines)}`] : []),
    ...(plugins === state.openPlugins ? [] : [`${plugins} plugins are open, not ${state.openPlugins}`]),
  ];
}

/** Only work of running nodes is open, and the retries of failed ones. */
function strayCommands(state: State): string[] {
  return Object.entries(state.open).flatMap(([id, open]) => {
    const { status, loop, retry } = state.nodes[open.node]!;
    const wanted = open.kind === 'timer' && open.purpose === 'retry' ? 'FAILED' : 'RUNNING';
    const isCurrent = id.split(/[:/]/)[0] === `${open.node}.${loop}.${retry + 1}`;
    return status === wanted && isCurrent && !isEnded(state) ? [] : [`${id} is open, its node is ${status}`];
  });
}

/** Every token is about to move, held, waiting for its children, or at a node that is being worked on or has failed. */
function lostTokens(state: State): string[] {
  const listed = [...state.ready, ...state.held, ...state.backlog];
  const tokens = Object.entries(state.tokens).map(([id, token]) => ({ id: Number(id), ...token }));
  const working = new Set(Object.values(state.open).map(({ node }) => node));
  const lost = tokens.filter(({ id, node, children }) => {
    if (children !== undefined) {
      return listed.includes(id) || tokens.filter(({ parent }) => parent === id).length !== children;
    }
    if (listed.includes(id)) return false;
    const isCaredFor = working.has(node) || state.nodes[node]?.status === 'FAILED';
    return !isCaredFor || state.nodes[node]?.token !== id;
  });
  return [
    ...lost.map((token) => `token ${JSON.stringify(token)} is lost`),
    ...(new Set(listed).size < listed.length ? [`tokens are listed twice: ${listed}`] : []),
  ];
}

/** What people read is what the machine knows. */
function wrongRows(program: Program, { rows, state }: RandomRun['simulation']): string[] {
  return program.nodes.flatMap(({ id }, index) => {
    const known = state.nodes[index]?.status;
    const shown = rows.get(id)?.status;
    // A node that a pipeline has just made READY is recorded with its next step.
    return known === shown || (known === 'READY' && shown !== undefined) ? [] : [`${id} is ${known}, shown ${shown}`];
  });
}

/** A task that has not ended, though nothing more can happen, shows why: a node has failed and is left alone. */
function expectQuiet({ simulation: { state } }: RandomRun): void {
  if (isEnded(state)) return;
  expect([state.ready, state.held, state.backlog, state.open]).toEqual([[], [], [], {}]);
  expect(state.shown).toBe('FAILED');
}
