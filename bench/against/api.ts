import { execFile } from 'node:child_process';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { authorization } from '../../cli/client';
import type { Credentials } from '../../stack/home';
import { pickPorts } from '../../stack/ports';
import { ensureDatabase } from '../../stack/postgres';
import { type Bench, scaled } from '../bench';
import { closedLoop } from '../closed-loop';
import { HttpTasks } from '../http-tasks';
import { type Call, send } from '../requests';
import { pairedRounds } from '../rounds';
import { serial } from '../shapes';
import type { Stack } from '../stack';
import { buildsOf, type Compared, reportRatios, SIDES, type Side } from './sides';

const ROUNDS = 11;
const REQUESTS = 400;
const WARM_ROUNDS = 4;
const IN_FLIGHT = 8;
const DATABASE = 'against';
/** Nodes that need no worker's activity, and no plugin that the other checkout may not have. */
const CODE = 'bk_display';
const SMALL = serial(10, CODE, '1.0');
const LARGE = serial(200, CODE, '1.0');

/** A running API of a checkout, with a task to look at. */
interface Subject {
  calls: Record<string, Call>;
  headers: Record<string, string>;
  /** CPU ms that the API's process has used. */
  cpuMs(): Promise<number>;
}

/** The API of this checkout against that of another one: CPU that its process spends on a request. */
export async function run(bench: Bench, other: string): Promise<void> {
  const { report } = bench;
  const stack = await bench.stack();
  const credentials = await startOther(stack, buildsOf(other).other);
  const subjects: Record<Side, Subject> = {
    this: await subjectOf(stack, 'api-1', stack.urls[0]!, stack.credentials),
    other: await subjectOf(stack, 'api-other', credentials.url, credentials),
  };
  report.heading(`api, against ${other}: CPU of the API's process a request`);
  const compared: Compared[] = [];
  for (const name of Object.keys(subjects.this.calls)) {
    const measure = (side: Side) => cpuPerRequest(subjects[side], name, scaled(bench, REQUESTS, 50));
    await pairedRounds(SIDES, scaled(bench, WARM_ROUNDS, 1), measure);
    compared.push({ name, samples: await pairedRounds(SIDES, scaled(bench, ROUNDS, 3), measure) });
  }
  reportRatios(report, 'api against', 'ms of CPU', compared);
}

/** Starts worker and API of the other checkout on a database of their own, beside ours. */
async function startOther(stack: Stack, dist: string): Promise<Credentials & { url: string }> {
  await ensureDatabase(stack.databaseUrl, DATABASE);
  const database = new URL(stack.databaseUrl);
  database.pathname = `/${DATABASE}`;
  const main = join(dist, 'cli', 'main.js');
  const { port } = await pickPorts(['port'], {});
  const env = { DATABASE_URL: database.href, GANTRY_PORT: String(port) };
  const gantry = (...args: string[]) =>
    promisify(execFile)(process.execPath, [main, ...args], { env: { ...process.env, ...env } });
  await gantry('migrate');
  const { stdout } = await gantry('add-app', 'bench', 'admin');
  await stack.startService('worker', 'worker-other', [main, 'worker'], env);
  await stack.startService('api', 'api-other', [main, 'api'], env);
  const { app_code, app_secret, username } = JSON.parse(stdout) as Credentials;
  return { app_code, app_secret, username, url: `http://127.0.0.1:${port}` };
}

async function subjectOf(stack: Stack, service: string, url: string, credentials: Credentials): Promise<Subject> {
  const tasks = new HttpTasks({ url, credentials });
  const { task_id } = await tasks.create('bench', LARGE.tree);
  await tasks.start(task_id);
  const state = await tasks.untilResting(task_id);
  if (state !== 'FINISHED') throw new Error(`the task at ${url} is ${state}`);
  const body = JSON.stringify({ name: 'bench', pipeline_tree: SMALL.tree, scope: 'project' });
  return {
    calls: {
      [`fast_create_task of ${SMALL.nodes} nodes`]: {
        method: 'POST',
        url: `${url}/apigw/fast_create_task/1/`,
        body,
      },
      [`get_task_detail of ${LARGE.nodes} nodes`]: {
        method: 'GET',
        url: `${url}/apigw/get_task_detail/${task_id}/1/?scope=project`,
      },
      [`get_task_status of ${LARGE.nodes} nodes`]: {
        method: 'GET',
        url: `${url}/apigw/get_task_status/${task_id}/1/?scope=project`,
      },
    },
    headers: { 'content-type': 'application/json', ...authorization(credentials) },
    cpuMs: async () => (await stack.services.get(service)!.usage()).cpuMs,
  };
}

async function cpuPerRequest({ calls, headers, cpuMs }: Subject, name: string, count: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const before = await cpuMs();
  const requests = Array.from({ length: count }, () => () => send(calls[name]!, headers, agent));
  await closedLoop(requests, IN_FLIGHT);
  const after = await cpuMs();
  agent.destroy();
  return (after - before) / count;
}
