import { appendLogs } from '../../db/host-logs';
import { insertStep } from '../../db/host-steps';
import type { HostRunStatus } from '../../db/schema';
import { createTemplate } from '../../rollouts/templates/templates';
import type { Rollouts } from './flows';
import type { Gantry } from './gantry';
import { insertSampleTask } from './sample-task';

let made = 0;

/** Hosts of a project with addresses of their own; their ids. */
export async function makeHosts({ db }: Pick<Gantry, 'db'>, projectId: number, count: number): Promise<number[]> {
  made += 1;
  const rows = Array.from({ length: count }, (_, n) => ({
    supplier_account: '0',
    address: `10.77.${made}.${n + 1}`,
    project_id: projectId,
  }));
  const hosts = await db.insertInto('hosts').values(rows).returning('id').execute();
  return hosts.map(({ id }) => id);
}

/** A task that a flow is run by, as its row is. */
export async function giveTask(
  { db }: Pick<Gantry, 'db'>,
  flowId: number,
  task: { phase: 'created' | 'running' | 'ended'; shown: string },
): Promise<number> {
  const taskId = await insertSampleTask(db);
  const { project_id } = await db
    .selectFrom('flows')
    .select('project_id')
    .where('id', '=', flowId)
    .executeTakeFirstOrThrow();
  await db
    .updateTable('tasks')
    .set({ ...task, project_id })
    .where('id', '=', taskId)
    .execute();
  await db.updateTable('flows').set({ task_id: taskId, queued_at: null }).where('id', '=', flowId).execute();
  await db
    .insertInto('flow_tasks')
    .values({ flow_id: flowId, task_id: taskId, node_ids: [], gate_node: 'gate' })
    .execute();
  return taskId;
}

/** How a step was on one host. */
export interface RanOn {
  status: HostRunStatus;
  seconds?: number;
  log?: string;
  reason?: string;
}

/** Writes what a step of a flow was on its hosts, in their order. */
export async function writeStep(
  { db }: Pick<Gantry, 'db'>,
  { flowId, taskId, step, retry = 0 }: { flowId: number; taskId: number; step: number; retry?: number },
  ran: readonly RanOn[],
): Promise<void> {
  const limits = { timeoutSeconds: 60, concurrency: 10, maxFailed: null, parts: 1 };
  const more = { retries: 0, retryWaitSeconds: 0, locksHosts: false, workHash: 'h', account: null };
  const { project_id: projectId } = await db
    .selectFrom('tasks')
    .select('project_id')
    .where('id', '=', taskId)
    .executeTakeFirstOrThrow();
  const key = { taskId, nodeId: `step${step}`, loop: 1, retry, ordinal: 1 };
  const hosts = await db
    .selectFrom('flow_hosts')
    .select(['host_id', 'address', 'place'])
    .where('flow_id', '=', flowId)
    .orderBy('place')
    .limit(ran.length)
    .execute();
  const all = hosts.map(({ host_id: id, address, place }) => ({
    id,
    address,
    place,
    name: '',
    skipped: '',
    fromRun: null,
  }));
  await insertStep(db, { ...key, projectId, ...limits, ...more, flow: { id: flowId, step } }, all);
  const runs = await db
    .selectFrom('host_runs')
    .innerJoin('host_steps', 'host_steps.id', 'host_runs.step_id')
    .select('host_runs.id')
    .where('host_steps.task_id', '=', taskId)
    .where('host_steps.flow_step', '=', step)
    .where('host_steps.retry', '=', retry)
    .orderBy('host_runs.place')
    .execute();
  const begun = new Date('2026-03-01T00:00:00Z');
  for (const [index, { id }] of runs.entries()) {
    const { status, seconds, log = '', reason = '' } = ran[index]!;
    await db.updateTable('host_runs').set({ status: 'running', started_at: begun }).where('id', '=', id).execute();
    const bytes = Buffer.from(log);
    const piece = { runId: id, hostTry: 1, readFrom: 0, readTo: bytes.length, hasValues: false, bytes };
    if (bytes.length > 0) await appendLogs(db, [piece]);
    const ended_at = seconds === undefined ? null : new Date(begun.getTime() + seconds * 1000);
    await db.updateTable('host_runs').set({ status, reason, ended_at }).where('id', '=', id).execute();
  }
}

/** Hosts in a pool of their own, which nothing reaches. */
export async function addPooled(
  gantry: Pick<Gantry, 'db'>,
  rollouts: Rollouts,
  count: number,
): Promise<{ poolId: number; ids: number[]; addresses: string[] }> {
  const ids = await makeHosts(gantry, rollouts.caller.project.id, count);
  const poolId = await rollouts.pool(ids);
  const hosts = await gantry.db.selectFrom('hosts').select('address').where('id', 'in', ids).orderBy('id').execute();
  return { poolId, ids, addresses: hosts.map(({ address }) => address!) };
}

/** A rollout template of one step that reaches no host; its id. */
export async function echoTemplate({ db }: Pick<Gantry, 'db'>, projectId: number): Promise<number> {
  const actor = { username: 'admin', appCode: 'test-app', source: 'api' };
  const steps = [{ name: 'echo_step', values: { name: 'hello' }, retryTimes: 0, ignoreError: false }];
  const { id } = await createTemplate(db, { projectId }, { name: `echo ${++made}`, description: '', steps }, actor);
  return id;
}
