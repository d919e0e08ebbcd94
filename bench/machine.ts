import { createState, type Event, step, type TaskContext } from '../pipeline/machine';
import type { Program } from '../pipeline/program';
import { type Bench, scaled } from './bench';
import { round } from './report';
import { parallel, programOf, type Shape, serial } from './shapes';
import { median, ratioOfMedians } from './statistics';

const CONTEXT: TaskContext = { taskId: 1, system: {}, env: {}, zone: [[0, 0]] };
const ROUNDS = 9;
const FLAT = 1.2;
const NODES_A_SAMPLE = 20_000;

/** The machine alone, without a server: CPU a node, and how it grows with the size of the tree. */
export async function run(bench: Bench): Promise<void> {
  const { report } = bench;
  report.heading('machine: CPU of the pure machine a node');
  await compare(bench, [serial(1_000), serial(10_000)]);
  await compare(bench, [parallel(1_000), parallel(2_000)]);
}

async function compare(bench: Bench, shapes: [small: Shape, large: Shape]): Promise<void> {
  const { report } = bench;
  const programs = shapes.map(programOf);
  programs.forEach(measure); // warm
  const samples = shapes.map((): number[] => []);
  for (let number = 0; number < scaled(bench, ROUNDS, 3); number++) {
    programs.forEach((program, place) => {
      samples[place]!.push(measure(program));
    });
  }
  shapes.forEach(({ name }, place) => {
    report.keep(`machine: ${name}, us of CPU a node`, samples[place]);
    report.line(`${name.padEnd(16)} ${round(median(samples[place]!))} us a node`);
  });
  report.target(`machine: ${shapes[1].name} to ${shapes[0].name}`, ratioOfMedians(samples[1]!, samples[0]!), {
    atMost: FLAT,
  });
}

/** CPU microseconds a node that the machine alone spends; a sample is long enough for the clock. */
function measure(program: Program): number {
  const runs = Math.max(1, Math.round(NODES_A_SAMPLE / program.nodes.length));
  const before = process.cpuUsage();
  for (let count = 0; count < runs; count++) runToEnd(program);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (runs * program.nodes.length);
}

/** A whole run whose plugins succeed at once. */
function runToEnd(program: Program): void {
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
}
