import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Bench, scaled } from './bench';
import { type Batch, closedLoop } from './closed-loop';
import { HttpTasks } from './http-tasks';
import { round } from './report';
import { parallel, type Shape, serial } from './shapes';
import { median, ratioOfMedians } from './statistics';

const ROUNDS = 3;
const PIPELINES = 100;
const IN_FLIGHT = 20;
const ALONE = 10;
const SETTING = 'prefork-2+1';
const PEER_WITHIN_MS = 15 * 60_000;
const FASTER = 2;
const SOONER = 0.5;

/** Seconds and nodes a second of one pass through all shapes; both sides are brought into this form. */
interface Pass {
  latencyS: {
    'serial 10': number;
    'parallel 10': number;
    'serial 10, 20 in flight': number;
    'parallel 10, 20 in flight': number;
    'serial 1000': number;
    'parallel 500': number;
  };
  nodesPerS: { 'serial 10': number; 'parallel 10': number; 'serial 1000': number; 'parallel 500': number };
  unfinished: number;
}

/** The same shapes as the real bamboo-engine, the engine of bk-sops, in turn with it on the same machine. */
export async function run(bench: Bench): Promise<void> {
  const { report } = bench;
  const folder = resolve(process.env.GANTRY_PEERS ?? '../shared/peers', 'bamboo');
  report.heading('peer: bamboo-engine');
  if (!existsSync(join(folder, 'bench.py'))) {
    report.line(`left out: there is no ${folder} (GANTRY_PEERS names its parent)`);
    return;
  }
  const stack = await bench.stack();
  const http = new HttpTasks({ url: stack.urls[0]!, credentials: stack.credentials });
  const stopPeer = () => execFileSync('bash', [join(folder, 'stop.sh')], { stdio: 'ignore' });
  bench.signal.addEventListener('abort', stopPeer);
  const passes = { gantry: [] as Pass[], bamboo: [] as Pass[], ordinary: [] as Pass[] };
  try {
    await promisify(execFile)('bash', [join(folder, 'setup.sh')], { timeout: PEER_WITHIN_MS });
    await gantryPass(bench, http, 'bench_quick'); // warm; the peer does the same
    for (let number = 0; number < scaled(bench, ROUNDS); number++) {
      passes.bamboo.push(await bambooPass(folder));
      passes.gantry.push(await gantryPass(bench, http, 'bench_quick'));
      passes.ordinary.push(await gantryPass(bench, http, 'bench_noop'));
    }
  } finally {
    stopPeer();
  }
  report.keep('peer', passes);
  present(bench, passes);
}

/** Through the HTTP API: create, start, wait, detail. */
async function gantryPass(bench: Bench, http: HttpTasks, code: string): Promise<Pass> {
  let unfinished = 0;
  const runs = (shape: Shape, count: number) =>
    Array.from({ length: count }, () => async () => {
      if ((await http.runToEnd(shape.name, shape.tree)) !== 'FINISHED') unfinished += 1;
    });
  const many = scaled(bench, PIPELINES, IN_FLIGHT);
  const alone = scaled(bench, ALONE);
  const serialAlone = await closedLoop(runs(serial(10, code), alone), 1);
  const serialMany = await closedLoop(runs(serial(10, code), many), IN_FLIGHT);
  const parallelAlone = await closedLoop(runs(parallel(10, code), alone), 1);
  const parallelMany = await closedLoop(runs(parallel(10, code), many), IN_FLIGHT);
  const long = await closedLoop(runs(serial(1_000, code), 1), 1);
  const wide = await closedLoop(runs(parallel(500, code), 1), 1);
  return {
    latencyS: {
      'serial 10': seconds(serialAlone),
      'parallel 10': seconds(parallelAlone),
      'serial 10, 20 in flight': seconds(serialMany),
      'parallel 10, 20 in flight': seconds(parallelMany),
      'serial 1000': seconds(long),
      'parallel 500': seconds(wide),
    },
    nodesPerS: {
      'serial 10': rate(serialMany, 10),
      'parallel 10': rate(parallelMany, 10),
      'serial 1000': rate(long, 1_000),
      'parallel 500': rate(wide, 500),
    },
    unfinished,
  };
}

interface BambooBatch {
  pipelines: number;
  finished: number;
  nodes_per_s: number;
  latency_s: { p50: number };
}
interface BambooRun {
  finished: boolean;
  wall_s: number;
}
interface BambooResult {
  a_latency_10_serial: { wall_s_median: number };
  b_throughput_100x10_serial: { runs: BambooBatch[] };
  c_100x_parallel_10: { alone: { wall_s_median: number }; batch: BambooBatch };
  d_serial_1000: BambooRun;
  e_parallel_500: BambooRun;
}

async function bambooPass(folder: string): Promise<Pass> {
  const args = [join(folder, 'bench.py'), '--settings', SETTING, '--repeat-b', '1'];
  const { stdout } = await promisify(execFile)('python3', args, { timeout: PEER_WITHIN_MS, maxBuffer: 2 ** 26 });
  const { settings } = JSON.parse(stdout) as { settings: Record<string, BambooResult> };
  const { a_latency_10_serial: a, b_throughput_100x10_serial: b, c_100x_parallel_10: c, ...rest } = settings[SETTING]!;
  const { d_serial_1000: d, e_parallel_500: e } = rest;
  const [batch] = b.runs;
  const open = (batches: BambooBatch[]) =>
    batches.reduce((sum, { pipelines, finished }) => sum + pipelines - finished, 0);
  return {
    latencyS: {
      'serial 10': a.wall_s_median,
      'parallel 10': c.alone.wall_s_median,
      'serial 10, 20 in flight': batch!.latency_s.p50,
      'parallel 10, 20 in flight': c.batch.latency_s.p50,
      'serial 1000': d.wall_s,
      'parallel 500': e.wall_s,
    },
    nodesPerS: {
      'serial 10': batch!.nodes_per_s,
      'parallel 10': c.batch.nodes_per_s,
      'serial 1000': 1_000 / d.wall_s,
      'parallel 500': 500 / e.wall_s,
    },
    unfinished: open([batch!, c.batch]) + Number(!d.finished) + Number(!e.finished),
  };
}

function present(
  { report }: Bench,
  { gantry, bamboo, ordinary }: Record<'gantry' | 'bamboo' | 'ordinary', Pass[]>,
): void {
  report.line(
    'bamboo-engine: Celery prefork 2 + 1, redis, Postgres (fsync on); a service that returns at once, no effect class',
  );
  report.line(
    'Gantry: HTTP API, records in Postgres (fsync on), Temporal dev server on SQLite (WAL, synchronous=normal)',
  );
  report.line(
    'Gantry quick: plugin of effect none, declared quick; ordinary: the same, not declared so (for information)',
  );
  for (const [field, unit] of [
    ['nodesPerS', 'nodes/s'],
    ['latencyS', 's'],
  ] as const) {
    const names = Object.keys(gantry[0]![field]) as never[];
    const of = (passes: Pass[], name: string) => passes.map((pass) => (pass[field] as Record<string, number>)[name]!);
    report.table(
      [unit, 'bamboo-engine', 'Gantry quick', 'Gantry ordinary'],
      names.map((name) => [name, ...[bamboo, gantry, ordinary].map((passes) => round(median(of(passes, name))))]),
    );
    for (const name of names) {
      const bound = field === 'nodesPerS' ? { atLeast: FASTER } : { atMost: SOONER };
      report.target(
        `peer: ${name}, ${unit} to bamboo-engine`,
        ratioOfMedians(of(gantry, name), of(bamboo, name)),
        bound,
      );
    }
  }
  report.target('peer: tasks of Gantry that did not finish', sum(gantry), { atMost: 0 });
}

function sum(passes: Pass[]): number {
  return passes.reduce((total, { unfinished }) => total + unfinished, 0);
}

function seconds({ latenciesMs }: Batch): number {
  return median(latenciesMs) / 1000;
}

function rate({ elapsedMs, latenciesMs }: Batch, nodes: number): number {
  return (latenciesMs.length * nodes) / (elapsedMs / 1000);
}
