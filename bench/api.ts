import { Agent } from 'node:http';
import { join } from 'node:path';
import { authorization } from '../cli/client';
import { pickPorts } from '../stack/ports';
import { type Bench, scaled } from './bench';
import { HttpTasks } from './http-tasks';
import { round } from './report';
import { type Call, send } from './requests';
import { pairedRounds } from './rounds';
import { serial } from './shapes';
import { median, ratioOfMedians } from './statistics';

const ROUNDS = 9;
const ROUND_MS = 3_000;
/** The compiler of the runtime needs thousands of requests until it has seen an API. */
const WARM_ROUNDS = 5;
/** Requests that are always under way. */
const IN_FLIGHT = 16;
const TARGET = 0.6;
/** An ordinary size. */
const SHAPE = serial(10);

/** Requests a second, against a handler that does the same minimum of SQL and nothing else, in a process of its own. */
export async function run(bench: Bench): Promise<void> {
  const { report } = bench;
  const stack = await bench.stack();
  const { bare: port } = await pickPorts(['bare'], {});
  await stack.startService('api', 'api-bare', [join(__dirname, 'bare-api.js')], { GANTRY_PORT: String(port) });
  const [product, bare] = [stack.urls[0]!, `http://127.0.0.1:${port}`];
  const { task_id } = await new HttpTasks({ url: product, credentials: stack.credentials }).create('bench', SHAPE.tree);
  const body = JSON.stringify({ name: 'bench', pipeline_tree: SHAPE.tree, scope: 'project' });
  const calls: Record<string, { product: Call; bare: Call }> = {
    fast_create_task: {
      product: { method: 'POST', url: `${product}/apigw/fast_create_task/1/`, body },
      bare: { method: 'POST', url: `${bare}/create`, body },
    },
    get_task_detail: {
      product: { method: 'GET', url: `${product}/apigw/get_task_detail/${task_id}/1/?scope=project` },
      bare: { method: 'GET', url: `${bare}/detail/${task_id}` },
    },
  };
  const headers = { 'content-type': 'application/json', ...authorization(stack.credentials) };

  report.heading(`api: requests a second, ${IN_FLIGHT} in flight, a tree of ${SHAPE.nodes} nodes`);
  const rows: string[][] = [];
  for (const [name, sides] of Object.entries(calls)) {
    const measure = (side: 'product' | 'bare') => requestsPerSecond(sides[side], headers, scaled(bench, ROUND_MS, 300));
    for (let round = 0; round < scaled(bench, WARM_ROUNDS, 1); round++) {
      await measure('bare');
      await measure('product');
    }
    const samples = await pairedRounds(['bare', 'product'], scaled(bench, ROUNDS, 3), measure);
    report.keep(`api: ${name}, requests a second`, samples);
    report.target(`api: ${name} to bare`, ratioOfMedians(samples.product, samples.bare), { atLeast: TARGET });
    rows.push([name, round(median(samples.bare)), round(median(samples.product))]);
  }
  report.table(['', 'bare', 'product'], rows);
}

/** As many requests as can be answered, some always under way. */
async function requestsPerSecond(call: Call, headers: Record<string, string>, forMs: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const startedAt = performance.now();
  let answered = 0;
  async function lane(): Promise<void> {
    while (performance.now() - startedAt < forMs) {
      await send(call, headers, agent);
      answered += 1;
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  agent.destroy();
  return answered / ((performance.now() - startedAt) / 1000);
}
