import { createState, type Event, step, type TaskContext } from '../pipeline/machine';
import type { Program } from '../pipeline/program';
import { parallelProgram, serialProgram } from './shapes';

const CONTEXT: TaskContext = { taskId: 1, system: {}, env: {}, zone: [[0, 0]] };
const ROUNDS = 7;

/** CPU microseconds a node that the machine alone spends on a whole run; plugins succeed at once. */
function measure(program: Program): number {
  const before = process.cpuUsage();
  const state = createState(program, CONTEXT);
  const queue: Event[] = [{ type: 'started', at: 0 }];
  for (let next = 0; next < queue.length; next++) {
    for (const command of step(program, state, queue[next]!)) {
      if (command.type === 'more') queue.push({ type: 'continued', at: 0 });
      if (command.type !== 'run') continue;
      const outcome = { ok: true, outputs: {}, recorded: true };
      queue.push({ type: 'plugin_ended', command: command.id, outcome, at: 0 });
    }
  }
  if (state.shown !== 'FINISHED') throw new Error(`the run ended as ${state.shown}`);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / program.nodes.length;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** `npm run bench`: the machine alone, and how its cost a node grows with the size of the tree. */
function main(): void {
  const shapes: [name: string, program: Program][] = [
    ['1,000 in line', serialProgram(1_000)],
    ['10,000 in line', serialProgram(10_000)],
    ['1,000 branches', parallelProgram(1_000)],
    ['2,000 branches', parallelProgram(2_000)],
  ];
  for (const [, program] of shapes) measure(program);
  const samples = shapes.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [place, [, program]] of shapes.entries()) samples[place]!.push(measure(program));
  }
  const medians = samples.map(median);
  for (const [place, [name]] of shapes.entries()) {
    process.stdout.write(`${name.padEnd(16)} ${medians[place]!.toFixed(1)} us of CPU a node\n`);
  }
  process.stdout.write(`10,000 to 1,000 in line ${(medians[1]! / medians[0]!).toFixed(2)}\n`);
  process.stdout.write(`2,000 to 1,000 branches ${(medians[3]! / medians[2]!).toFixed(2)}\n`);
}

main();
