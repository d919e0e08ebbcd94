import { sql } from 'kysely';
import { authorization } from '../cli/client';
import { connect, type Db } from '../db/connection';
import { type Bench, scaled } from './bench';
import { HttpTasks } from './http-tasks';
import { round } from './report';
import { serial } from './shapes';
import type { Service } from './stack';
import { median } from './statistics';

const SIZES = [1_000, 5_000];
const ROUNDS = 9;
/** Requests of one sample: the clock of a process has steps of some milliseconds. */
const CALLS = 40;
/** The compiler of the runtime needs to have seen them. */
const WARM_CALLS = 200;
/** Of a task of 1,000 nodes, and of one that has not changed since the last time. */
const TARGET_MS = 10;
const UNCHANGED_TARGET_MS = 2;

/** CPU of the API for a get_task_status of a large task, as pollers ask for it. */
export async function run(bench: Bench): Promise<void> {
  const { report } = bench;
  const stack = await bench.stack();
  const [url, service] = [stack.urls[0]!, stack.services.get('api-1')!];
  const tasks = new HttpTasks({ url, credentials: stack.credentials });
  const db = connect(stack.databaseUrl);
  report.heading('status: ms of CPU of the API a get_task_status');
  const rows: string[][] = [];
  try {
    for (const size of SIZES) {
      const { task_id } = await tasks.create('status', serial(size).tree);
      await reachAllNodes(db, task_id);
      const ask = askOf(`${url}/apigw/get_task_status/${task_id}/1/?scope=project`, authorization(stack.credentials));
      const whole = await cpuOf(bench, service, () => ask());
      const tag = (await ask()).tag;
      const unchanged = await cpuOf(bench, service, () => ask(tag));
      report.keep(`status: ${size} nodes, ms of CPU`, { whole, unchanged });
      if (size === SIZES[0]) {
        report.target(`status: ${size} nodes, ms of CPU`, median(whole), { atMost: TARGET_MS });
        report.target(`status: ${size} nodes unchanged, ms of CPU`, median(unchanged), { atMost: UNCHANGED_TARGET_MS });
      }
      rows.push([String(size), round(median(whole)), round(median(unchanged))]);
    }
  } finally {
    await db.destroy();
  }
  report.table(['nodes', 'whole', 'unchanged'], rows);
}

/**
 * Makes a task look as if all of its nodes had run, two seconds each. It has ended: one that only looks as if it ran would be
 * found to have no workflow.
 */
async function reachAllNodes(db: Db, taskId: number): Promise<void> {
  await sql`
    insert into node_executions (task_id, node_id, loop, retry, inner_loop, seq, status, started_at, finished_at)
    select task_id, node ->> 'id', 1, 0, 1, place, 'FINISHED', now() + place * interval '2 seconds',
           now() + (place + 1) * interval '2 seconds'
      from task_programs, json_array_elements(program -> 'nodes') with ordinality nodes (node, place)
     where task_id = ${taskId}`.execute(db);
  await sql`
    update tasks set phase = 'ended', status = 'FINISHED', shown = 'FINISHED', executor = creator, started_at = now(),
                     finished_at = now()
     where id = ${taskId}`.execute(db);
}

function askOf(url: string, headers: Record<string, string>) {
  return async function ask(tag?: string | null): Promise<{ tag: string | null }> {
    const response = await fetch(url, { headers: { ...headers, ...(tag ? { 'if-none-match': tag } : {}) } });
    await response.arrayBuffer();
    if (response.status !== (tag ? 304 : 200)) throw new Error(`get_task_status answered ${response.status}`);
    return { tag: response.headers.get('etag') };
  };
}

async function cpuOf(bench: Bench, service: Service, ask: () => Promise<unknown>): Promise<number[]> {
  const calls = scaled(bench, CALLS, 5);
  for (let call = 0; call < scaled(bench, WARM_CALLS, 5); call++) await ask();
  const samples: number[] = [];
  for (let round = 0; round < scaled(bench, ROUNDS, 3); round++) {
    const before = await service.usage();
    for (let call = 0; call < calls; call++) await ask();
    samples.push(((await service.usage()).cpuMs - before.cpuMs) / calls);
  }
  return samples;
}
