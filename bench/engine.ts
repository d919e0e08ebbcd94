import { type Arm, type ArmSetup, connectArms, prepare } from './arms';
import { type Bench, scaled } from './bench';
import { closedLoop } from './closed-loop';
import { type Counts, countsOf } from './counts';
import { HttpTasks } from './http-tasks';
import { round } from './report';
import { pairedRounds } from './rounds';
import { gateways, mixed, nested, parallel, type Shape, serial } from './shapes';
import type { Stack } from './stack';
import { type Estimate, median, ratioOfMedians, spread } from './statistics';

/** E is the whole path over HTTP: create, start, wait, detail. */
const ARMS = ['H', 'I', 'P', 'E'] as const;
type MeasuredArm = (typeof ARMS)[number];

const ROUNDS = 9;
/** In flight, and how many nodes a batch has at least: short batches are noise. */
const LOADS = [
  { inFlight: 1, nodes: 120 },
  { inFlight: 8, nodes: 400 },
  { inFlight: 32, nodes: 800 },
];
/** From here on the figures are not to be trusted: the arm that everything is compared with is not steady itself. */
const MAX_SPREAD = 0.15;

/** Until the runtime has compiled what every arm needs: the product's has the most code. */
const WARM = { inFlight: 8, nodes: 400, rounds: 2 };

interface Sample {
  nodesPerSecond: number;
  /** Of the worker process. */
  cpuMsPerNode: number;
  latencyMs: number;
}

/** What interpreting, recording and HTTP cost, against workflows written by hand. */
export async function run(bench: Bench): Promise<void> {
  const stack = await bench.stack();
  const setup = await connectArms(stack);
  const shapes = [serial(10), serial(100), parallel(20), gateways(5), nested(3), mixed(20)];
  try {
    await reportCounts(bench, setup, stack, shapes);
    for (let round = 0; round < WARM.rounds; round++) {
      for (const shape of shapes) {
        const measure = measurementOf(bench, setup, stack, shape, WARM);
        for (const arm of ARMS) await measure(arm);
      }
    }
    for (const shape of shapes) {
      for (const load of LOADS) await reportSpeed(bench, setup, stack, shape, load);
    }
  } finally {
    await setup.close();
  }
}

async function reportCounts(bench: Bench, setup: ArmSetup, stack: Stack, shapes: Shape[]): Promise<void> {
  const { report } = bench;
  const worker = stack.services.get('worker-1')!;
  report.heading('engine: counts of one run; they depend on no load');
  const rows: string[][] = [];
  for (const shape of shapes) {
    const counts = {} as Record<Arm, Counts & { statements: number }>;
    for (const arm of ['H', 'I', 'P'] as const) {
      const start = await prepare(setup, arm, shape);
      const before = await worker.usage();
      const handle = await start();
      const { statements } = await worker.usage();
      counts[arm] = { ...(await countsOf(handle)), statements: statements - before.statements };
      const { events, bytes, workflowTasks, activities, markers } = counts[arm];
      const perNode = round(counts[arm].statements / shape.nodes);
      rows.push([`${shape.name}  ${arm}`, ...[events, bytes, workflowTasks, activities, markers].map(String), perNode]);
    }
    report.keep(`engine: counts of ${shape.name}`, counts);
    judgeCounts(bench, shape, counts);
  }
  report.table(['', 'events', 'bytes', 'workflow tasks', 'activities', 'markers', 'SQL a node'], rows);
}

function judgeCounts({ report }: Bench, shape: Shape, { H, I, P }: Record<Arm, Counts>): void {
  if (/^(serial|parallel)/.test(shape.name)) {
    // How many activities end within one workflow task is chance: those events are compared without.
    const rest = ({ events, workflowTasks }: Counts) => events - 3 * workflowTasks;
    const extra = rest(I) - rest(H) - I.upserts;
    report.target(`engine: ${shape.name}, events of I beyond H and changes of state`, extra, { atMost: 0 });
  }
  report.target(`engine: ${shape.name}, markers a workflow task of P`, P.markers / P.workflowTasks, { atMost: 1 });
}

interface Load {
  inFlight: number;
  nodes: number;
}

/** Runs of a batch. */
function runsOf(bench: Bench, shape: Shape, { inFlight, nodes }: Load): number {
  return Math.max(inFlight, Math.ceil(scaled(bench, nodes) / shape.nodes));
}

/** What runs one batch of a shape by an arm. */
function measurementOf(bench: Bench, setup: ArmSetup, stack: Stack, shape: Shape, load: Load) {
  const worker = stack.services.get('worker-1')!;
  const http = new HttpTasks({ url: stack.urls[0]!, credentials: stack.credentials });
  const runs = runsOf(bench, shape, load);

  return async function measure(arm: MeasuredArm): Promise<Sample> {
    const prepared =
      arm === 'E'
        ? Array.from({ length: runs }, () => () => http.runToEnd(shape.name, shape.tree))
        : await Promise.all(Array.from({ length: runs }, () => prepare(setup, arm, shape)));
    const before = await worker.usage();
    const { elapsedMs, latenciesMs } = await closedLoop(prepared, load.inFlight);
    const { cpuMs } = await worker.usage();
    const nodes = runs * shape.nodes;
    return {
      nodesPerSecond: nodes / (elapsedMs / 1000),
      cpuMsPerNode: (cpuMs - before.cpuMs) / nodes,
      latencyMs: median(latenciesMs),
    };
  };
}

async function reportSpeed(bench: Bench, setup: ArmSetup, stack: Stack, shape: Shape, load: Load): Promise<void> {
  const { report } = bench;
  const measure = measurementOf(bench, setup, stack, shape, load);
  // The server is busy with the timers of the load before for some seconds: they are nobody's.
  for (const arm of ARMS) await measure(arm);
  const samples = await pairedRounds(ARMS, scaled(bench, ROUNDS, 3), measure);
  const name = `${shape.name}, ${load.inFlight} in flight`;
  report.keep(`engine: ${name}`, samples);
  report.heading(`engine: ${name}, ${runsOf(bench, shape, load)} runs a batch`);
  const of = (arm: MeasuredArm, field: keyof Sample) => samples[arm].map((sample) => sample[field]);
  const speed = (arm: MeasuredArm) => ratioOfMedians(of(arm, 'nodesPerSecond'), of('H', 'nodesPerSecond'));
  report.table(
    ['', 'nodes/s', 'ms a run', 'worker CPU ms a node', 'to H (90 % interval)'],
    ARMS.map((arm) => [
      arm,
      round(median(of(arm, 'nodesPerSecond'))),
      round(median(of(arm, 'latencyMs'))),
      round(median(of(arm, 'cpuMsPerNode'))),
      textOf(speed(arm)),
    ]),
  );
  if (spread(of('H', 'nodesPerSecond')) > MAX_SPREAD) {
    report.line(`H itself varied by ${round(spread(of('H', 'nodesPerSecond')) * 100)} %: the machine was not quiet`);
  }
  judgeSpeed(bench, name, speed, ratioOfMedians(of('I', 'cpuMsPerNode'), of('H', 'cpuMsPerNode')));
}

function judgeSpeed({ report }: Bench, name: string, speed: (arm: MeasuredArm) => Estimate, cpu: Estimate): void {
  if (name.startsWith('mixed')) {
    report.target(`engine: ${name}, P/H`, speed('P'), { atLeast: 1.5 });
    return;
  }
  report.target(`engine: ${name}, I/H`, speed('I'), { atLeast: 0.97 });
  report.target(`engine: ${name}, CPU I/H`, cpu, { atMost: 1.05 });
  if (/^(serial|parallel)/.test(name)) report.target(`engine: ${name}, P/H`, speed('P'), { atLeast: 0.85 });
}

function textOf({ value, low, high }: Estimate): string {
  return `${round(value)} (${round(low)} to ${round(high)})`;
}
