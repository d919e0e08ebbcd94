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
import type { Service, Stack } from '../stack';
import { buildsOf, type Compared, reportRatios, SIDES, type Side } from './sides';

const ROUNDS = 8;
/** Of a round, of which the least counts. */
const SAMPLES = 4;
const REQUESTS = 200;
/** Until the runtime has compiled what a request needs. */
const WARM_REQUESTS = 1_000;
const IN_FLIGHT = 8;
/** Nodes that need no worker's activity, and no plugin that the other checkout may not have. */
const CODE = 'bk_display';
const SMALL = serial(10, CODE, '1.0');
const LARGE = serial(200, CODE, '1.0');

/** An installation of a checkout, beside the other's: a database and a worker of its own, and a task to look at. */
interface Subject {
  calls: Record<string, Call>;
  headers: Record<string, string>;
  startApi(): Promise<Service>;
  stopApi(): Promise<void>;
}

/** The API of this checkout against that of another one: CPU that its process spends on a request. */
export async function run(bench: Bench, other: string): Promise<void> {
  const { report } = bench;
  const stack = await bench.stack();
  const builds = buildsOf(other);
  const subjects = {
    this: await install(stack, 'this', builds.this),
    other: await install(stack, 'other', builds.other),
  };
  report.heading(`api, against ${other}: CPU of the API's process a request`);
  const compared = Object.keys(subjects.this.calls).map(
    (name): Compared => ({ name, samples: { this: [], other: [] } }),
  );
  const rounds = scaled(bench, ROUNDS, 2);
  for (let round = 0; round < rounds; round++) await measureRound(bench, subjects, compared, round);
  reportRatios(report, 'api against', 'ms of CPU', compared);
}

/** In new processes: how the runtime has compiled and laid out the one is chance. */
async function measureRound(
  bench: Bench,
  subjects: Record<Side, Subject>,
  compared: readonly Compared[],
  round: number,
): Promise<void> {
  const sides = round % 2 === 0 ? SIDES : [...SIDES].reverse();
  const services = {} as Record<Side, Service>;
  const measure = (name: string, count: number) => (side: Side) =>
    cpuPerRequest(services[side], subjects[side], name, scaled(bench, count, 20));
  for (const side of sides) services[side] = await subjects[side].startApi();
  // All of it before anything counts: what is compiled for the one call is work of the process during the next.
  for (const { name } of compared) await pairedRounds(sides, 1, measure(name, WARM_REQUESTS));
  for (const { name, samples } of compared) {
    const taken = await pairedRounds(sides, SAMPLES, measure(name, REQUESTS));
    // What else runs on the machine can only add to it.
    for (const side of SIDES) samples[side].push(Math.min(...taken[side]));
  }
  for (const side of SIDES) await subjects[side].stopApi();
}

async function install(stack: Stack, side: Side, dist: string): Promise<Subject> {
  const database = `against_${side}`;
  await ensureDatabase(stack.databaseUrl, database);
  const databaseUrl = new URL(stack.databaseUrl);
  databaseUrl.pathname = `/${database}`;
  const main = join(dist, 'cli', 'main.js');
  const { port } = await pickPorts(['port'], {});
  const env = { DATABASE_URL: databaseUrl.href, GANTRY_PORT: String(port) };
  const gantry = (...args: string[]) =>
    promisify(execFile)(process.execPath, [main, ...args], { env: { ...process.env, ...env } });
  await gantry('migrate');
  const { stdout } = await gantry('add-app', 'bench', 'admin');
  const { app_code, app_secret, username } = JSON.parse(stdout) as Credentials;
  const at = { url: `http://127.0.0.1:${port}`, credentials: { app_code, app_secret, username } };
  await stack.startService('worker', `worker-${side}`, [main, 'worker'], env);
  const api = `api-${side}`;
  const startApi = () => stack.startService('api', api, [main, 'api'], env);
  const stopApi = () => stack.stopService(api);
  await startApi();
  const taskId = await runTask(new HttpTasks(at));
  await stopApi();
  const headers = { 'content-type': 'application/json', ...authorization(at.credentials) };
  return { calls: callsOf(at.url, taskId), headers, startApi, stopApi };
}

/** A task of many nodes that has ended. */
async function runTask(tasks: HttpTasks): Promise<number> {
  const { task_id } = await tasks.create('bench', LARGE.tree);
  await tasks.start(task_id);
  const state = await tasks.untilResting(task_id);
  if (state !== 'FINISHED') throw new Error(`task ${task_id} is ${state}`);
  return task_id;
}

function callsOf(url: string, taskId: number): Record<string, Call> {
  const body = JSON.stringify({ name: 'bench', pipeline_tree: SMALL.tree, scope: 'project' });
  const look = (name: string): Call => ({ method: 'GET', url: `${url}/apigw/${name}/${taskId}/1/?scope=project` });
  return {
    [`fast_create_task of ${SMALL.nodes} nodes`]: { method: 'POST', url: `${url}/apigw/fast_create_task/1/`, body },
    [`get_task_detail of ${LARGE.nodes} nodes`]: look('get_task_detail'),
    [`get_task_status of ${LARGE.nodes} nodes`]: look('get_task_status'),
  };
}

async function cpuPerRequest(
  service: Service,
  { calls, headers }: Subject,
  name: string,
  count: number,
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const { cpuMs: before } = await service.usage();
  const requests = Array.from({ length: count }, () => () => send(calls[name]!, headers, agent));
  await closedLoop(requests, IN_FLIGHT);
  const { cpuMs: after } = await service.usage();
  agent.destroy();
  return (after - before) / count;
}
