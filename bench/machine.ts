import { compile } from '../pipeline/compile';
import { createState, step } from '../pipeline/machine';
import { type Bench, scaled } from './bench';
import { honestShapes } from './honest';
import { cpuPerNode, type MeasuredShape } from './machine-cpu';
import { round } from './report';
import { parallel, serial } from './shapes';
import { median, ratioOfMedians } from './statistics';

const OURS = { compile, createState, step };
const ROUNDS = 9;
const FLAT = 1.2;
const NAME_WIDTH = 24;

/** The machine alone, without a server: CPU a node, and how it grows with the size of the tree. */
export async function run(bench: Bench): Promise<void> {
  const { report } = bench;
  report.heading('machine: CPU of the pure machine a node');
  await compare(bench, [serial(1_000), serial(10_000)]);
  await compare(bench, [parallel(1_000), parallel(2_000)]);
  measureAll(bench, honestShapes());
}

async function compare(bench: Bench, shapes: [small: MeasuredShape, large: MeasuredShape]): Promise<void> {
  const samples = measureAll(bench, shapes);
  bench.report.target(`machine: ${shapes[1].name} to ${shapes[0].name}`, ratioOfMedians(samples[1]!, samples[0]!), {
    atMost: FLAT,
  });
}

/** Measures shapes side by side, and reports each; the samples by shape. */
function measureAll(bench: Bench, shapes: readonly MeasuredShape[]): number[][] {
  const { report } = bench;
  const measures = shapes.map((shape) => cpuPerNode(OURS, shape));
  for (const measure of measures) measure(); // warm
  const samples = shapes.map((): number[] => []);
  for (let number = 0; number < scaled(bench, ROUNDS, 3); number++) {
    measures.forEach((measure, place) => {
      samples[place]!.push(measure());
    });
  }
  shapes.forEach(({ name }, place) => {
    report.keep(`machine: ${name}, us of CPU a node`, samples[place]);
    report.line(`${name.padEnd(NAME_WIDTH)} ${round(median(samples[place]!))} us a node`);
  });
  return samples;
}
