import type { compile } from '../pipeline/compile';
import type { JsonObject } from '../pipeline/json';
import type { createState, Event, step } from '../pipeline/machine';
import type { Program } from '../pipeline/program';
import { BENCH_CONTEXT, benchCatalog, type Shape } from './shapes';

/** The pure functions that are measured: this checkout's, or another's. */
export interface Pure {
  compile: typeof compile;
  createState: typeof createState;
  step: typeof step;
}

/** A tree, how many of its nodes count, and what its plugins answer. */
export interface MeasuredShape extends Pick<Shape, 'name' | 'nodes' | 'tree'> {
  outputs?: JsonObject;
}

const NODES_A_SAMPLE = 20_000;
/** Of shapes whose nodes are expensive: long enough for the clock. */
const MS_A_SAMPLE = 200;

/** A measurement of the CPU microseconds a node that the machine alone spends on a shape. */
export function cpuPerNode(pure: Pure, { tree, outputs = {} }: MeasuredShape): () => number {
  const program = pure.compile(tree, benchCatalog);
  return () => {
    const before = process.cpuUsage();
    const startedAt = performance.now();
    let nodes = 0;
    while (nodes < NODES_A_SAMPLE && (nodes === 0 || performance.now() - startedAt < MS_A_SAMPLE)) {
      runToEnd(pure, program, outputs);
      nodes += program.nodes.length;
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / nodes;
  };
}

/** A whole run whose plugins succeed at once. */
function runToEnd({ createState, step }: Pure, program: Program, outputs: JsonObject): void {
  const state = createState(program, BENCH_CONTEXT);
  const queue: Event[] = [{ type: 'started', at: 0 }];
  for (let next = 0; next < queue.length; next++) {
    for (const command of step(program, state, queue[next]!)) {
      if (command.type === 'more') queue.push({ type: 'continued', at: 0 });
      if (command.type !== 'run') continue;
      queue.push({ type: 'plugin_ended', command: command.id, outcome: { ok: true, outputs, recorded: true }, at: 0 });
    }
  }
  if (state.shown !== 'FINISHED') throw new Error(`the run ended as ${state.shown}`);
}
