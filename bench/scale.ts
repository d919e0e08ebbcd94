import { NOBODY } from '../access/rights';
import { prepareTree } from '../trees/prepare';
import { type Bench, scaled } from './bench';
import { closedLoop } from './closed-loop';
import { HttpTasks } from './http-tasks';
import { round } from './report';
import { pairedRounds } from './rounds';
import { parallel, type Shape, serial } from './shapes';
import { median, ratioOfMedians } from './statistics';

const ROUNDS = 5;
const FLAT = 1.2;
/** A sample has at least so many nodes: a single small task is over too soon to be measured. */
const NODES_A_SAMPLE = 1_000;
const CREATIONS = 20;
/** Until the runtime has compiled what they need. */
const WARM_CREATIONS = 60;
const CREATION_CPU_MS = 30;

/** How the cost of a node grows with the size of its task, from the request that creates it to its end. */
export async function run(bench: Bench): Promise<void> {
  await reportCreation(bench);
  await reportGrowth(bench, [serial(100), serial(1_000), serial(10_000)]);
  await reportGrowth(bench, [parallel(100), parallel(1_000), parallel(2_000)]);
}

async function reportGrowth(bench: Bench, shapes: Shape[]): Promise<void> {
  const { report } = bench;
  const stack = await bench.stack();
  const http = new HttpTasks({ url: stack.urls[0]!, credentials: stack.credentials });
  const worker = stack.services.get('worker-1')!;

  async function measure(name: string): Promise<{ wallMs: number; cpuMs: number }> {
    const shape = shapes.find((found) => found.name === name)!;
    const runs = Math.max(1, Math.round(scaled(bench, NODES_A_SAMPLE) / shape.nodes));
    const before = await worker.usage();
    const tasks = Array.from({ length: runs }, () => () => finish(http, shape));
    const { elapsedMs } = await closedLoop(tasks, 1);
    const { cpuMs } = await worker.usage();
    const nodes = runs * shape.nodes;
    return { wallMs: elapsedMs / nodes, cpuMs: (cpuMs - before.cpuMs) / nodes };
  }

  const [smallest, ...larger] = shapes.map(({ name }) => name);
  await measure(smallest!); // warm
  const samples = await pairedRounds([smallest!, ...larger], scaled(bench, ROUNDS), measure);
  const of = (name: string, field: 'wallMs' | 'cpuMs') => samples[name]!.map((sample) => sample[field]);
  report.heading('scale: ms a node, one task at a time, from its creation to its end');
  report.table(
    ['', 'wall', 'CPU of the worker'],
    shapes.map(({ name }) => [name, round(median(of(name, 'wallMs'))), round(median(of(name, 'cpuMs')))]),
  );
  for (const { name } of shapes) report.keep(`scale: ${name}, ms a node`, samples[name]);
  for (const name of larger) {
    report.target(`scale: ${name} to ${smallest}, wall`, ratioOfMedians(of(name, 'wallMs'), of(smallest!, 'wallMs')), {
      atMost: FLAT,
    });
  }
}

async function finish(http: HttpTasks, { name, tree }: Shape): Promise<void> {
  const state = await http.runToEnd(name, tree);
  if (state !== 'FINISHED') throw new Error(`${name} ended as ${state}`);
}

/** CPU to check, complete, compile and store a tree of 1,000 nodes. */
async function reportCreation(bench: Bench): Promise<void> {
  const { report } = bench;
  const stack = await bench.stack();
  const http = new HttpTasks({ url: stack.urls[0]!, credentials: stack.credentials });
  const api = stack.services.get('api-1')!;
  const { name, tree } = serial(1_000);

  const submission = { place: 1, rights: NOBODY };
  for (let count = 0; count < WARM_CREATIONS; count++) prepareTree(tree, submission);
  const alone = Array.from({ length: CREATIONS }, () => {
    const before = process.cpuUsage();
    prepareTree(tree, submission);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  const whole: number[] = [];
  for (let count = 0; count < WARM_CREATIONS; count++) await http.create(name, tree);
  for (let count = 0; count < CREATIONS; count++) {
    const before = await api.usage();
    await http.create(name, tree);
    whole.push((await api.usage()).cpuMs - before.cpuMs);
  }
  report.heading('scale: CPU to create a task of 1,000 nodes');
  report.line(
    `${round(median(alone))} ms to check, complete and compile it; ${round(median(whole))} ms of the API for all`,
  );
  report.keep('scale: creation of 1,000 nodes, ms of CPU', { alone, whole });
  report.target('scale: ms of CPU of the API to create 1,000 nodes', median(whole), { atMost: CREATION_CPU_MS });
}
