import { type Insertable, type Selectable, sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import { toJsonText } from './json';
import type { Database } from './schema';

export type FlowRecord = Selectable<Database['flows']>;
export type FlowStepRecord = Selectable<Database['flow_steps']>;

/** A step as a flow keeps it: what becomes of templates and actions later does not change it. */
export interface NewFlowStep {
  name: string;
  type: FlowStepRecord['type'];
  values: Readonly<Record<string, unknown>>;
  retryTimes: number;
  ignoreError: boolean;
  scripts: readonly { action: string; interpreter: string; script: string }[];
}

/** A host of a flow, in its order, and the batch that it is in. */
export interface NewFlowHost {
  id: number;
  address: string;
  vmId: string;
  batch: number;
}

/** Writes a flow with its steps, its batches and its hosts. Call it in a transaction. */
export async function insertFlow(
  tx: DbOrTransaction,
  flow: Insertable<Database['flows']>,
  { steps, hosts }: { steps: readonly NewFlowStep[]; hosts: readonly NewFlowHost[] },
): Promise<number> {
  const { id } = await tx.insertInto('flows').values(flow).returning('id').executeTakeFirstOrThrow();
  if (steps.length > 0)
    await tx
      .insertInto('flow_steps')
      .values(steps.map((step, at) => stepRow(id, step, at)))
      .execute();
  await sql`
    insert into flow_batches (flow_id, number)
    select distinct ${id}::integer, number from unnest(${hosts.map(({ batch }) => batch)}::integer[]) number`.execute(
    tx,
  );
  await sql`
    insert into flow_hosts (flow_id, host_id, address, vm_id, batch, place)
    select ${id}, host.id, host.address, host.vm_id, host.batch, host.place
      from unnest(${hosts.map((host) => host.id)}::integer[], ${hosts.map(({ address }) => address)}::text[],
                  ${hosts.map(({ vmId }) => vmId)}::text[], ${hosts.map(({ batch }) => batch)}::integer[])
           with ordinality host (id, address, vm_id, batch, place)
     order by host.place`.execute(tx);
  return id;
}

function stepRow(flow_id: number, step: NewFlowStep, number: number): Insertable<Database['flow_steps']> {
  const { name, type, retryTimes: retry_times, ignoreError: ignore_error } = step;
  const texts = { values: toJsonText(step.values), scripts: toJsonText(step.scripts) };
  return { flow_id, number, name, type, retry_times, ignore_error, ...texts };
}

/** A flow of a project. */
export function findFlow(db: DbOrTransaction, projectId: number, id: number): Promise<FlowRecord | undefined> {
  return flowsOf(db, projectId).where('id', '=', id).executeTakeFirst();
}

/** A flow of a project, which nobody else changes until the transaction ends. */
export function lockFlow(tx: DbOrTransaction, projectId: number, id: number): Promise<FlowRecord | undefined> {
  return flowsOf(tx, projectId).where('id', '=', id).forUpdate().executeTakeFirst();
}

/** The flow that a run on a host is a step of, which nobody else changes until the transaction ends; undefined: of none. */
export function lockFlowOfRun(tx: DbOrTransaction, runId: string): Promise<FlowRecord | undefined> {
  return tx
    .selectFrom('flows')
    .selectAll()
    .where('id', '=', (is) =>
      is
        .selectFrom('host_runs')
        .innerJoin('host_steps', 'host_steps.id', 'step_id')
        .select('flow_id')
        .where('host_runs.id', '=', runId),
    )
    .forUpdate()
    .executeTakeFirst();
}

function flowsOf(db: DbOrTransaction, projectId: number) {
  return db.selectFrom('flows').selectAll().where('project_id', '=', projectId);
}

/** A flow with those that are run in its task, itself first. */
export function listWithParts(db: DbOrTransaction, id: number): Promise<FlowRecord[]> {
  return db
    .selectFrom('flows')
    .selectAll()
    .where((is) => is.or([is('id', '=', id), is('part_of', '=', id)]))
    .orderBy(sql`part_of nulls first`)
    .orderBy('id')
    .execute();
}

/**
 * Flows by the clock that have given pools hosts, and have ended without having come through on some that are still theirs and that
 * nothing has been done with since. What was lost there is not among it.
 */
export async function listUnfinishedExpands(tx: DbOrTransaction, poolIds: readonly number[]): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select flows.id from flows left join tasks on tasks.id = flows.task_id
     where flows.pool_id = any(${poolIds}::integer[]) and flows.kind = 'expand' and flows.origin <> 'manual'
       and flows.queued_at is null and (tasks.phase is null or tasks.phase = 'ended')
       and exists (
         select from flow_hosts own join pool_hosts on pool_hosts.host_id = own.host_id and pool_hosts.pool_id = flows.pool_id
          where own.flow_id = flows.id and own.state in (0, 3, 4) and own.outcome <> 'lost' and node_type = 'crontab'
            and not exists (select from flow_hosts later where later.host_id = own.host_id and later.id > own.id))
     order by flows.id`.execute(tx);
  return rows.map(({ id }) => id);
}

export function listFlowSteps(db: DbOrTransaction, flowId: number): Promise<FlowStepRecord[]> {
  return db.selectFrom('flow_steps').selectAll().where('flow_id', '=', flowId).orderBy('number').execute();
}

export function findFlowStep(db: DbOrTransaction, flowId: number, number: number) {
  const steps = db.selectFrom('flow_steps').selectAll().where('flow_id', '=', flowId);
  return steps.where('number', '=', number).executeTakeFirst();
}

/** Makes flows parts of another one, in line since the same moment as that: two groups would else stand behind each other. */
export async function joinParts(tx: DbOrTransaction, wholeId: number, partIds: readonly number[]): Promise<void> {
  await tx
    .updateTable('flows')
    .set({ part_of: wholeId, queued_at: sql`(select whole.queued_at from flows whole where whole.id = ${wholeId})` })
    .where('id', 'in', [...partIds])
    .execute();
}

/** Has flows wait for their pools (again): from now on they are the last ones in those lines. */
export async function queueFlows(
  tx: DbOrTransaction,
  ids: readonly number[],
  { username, appCode }: { username: string; appCode: string },
): Promise<void> {
  await tx
    .updateTable('flows')
    .set({
      queued_at: sql`(select clock_timestamp())`,
      end_state: null,
      username,
      app_code: appCode,
      updated_at: sql`now()`,
    })
    .where('id', 'in', [...ids])
    .execute();
}

/** Takes flows out of the lines that they wait in: they are not run, unless somebody starts them again. */
export async function unqueueFlows(tx: DbOrTransaction, ids: readonly number[]): Promise<void> {
  await tx
    .updateTable('flows')
    .set({ queued_at: null, task_id: null, end_state: null, updated_at: sql`now()` })
    .where('id', 'in', [...ids])
    .execute();
}

/** Of flows in a task: the nodes there that are theirs. */
export interface FlowNodes {
  flowId: number;
  nodeIds: string[];
  gateNode: string;
}

/** Gives flows that wait a task; false: one of them has not waited any more. */
export async function giveTask(tx: DbOrTransaction, taskId: number, flows: readonly FlowNodes[]): Promise<boolean> {
  const ids = flows.map(({ flowId }) => flowId);
  const { numUpdatedRows } = await tx
    .updateTable('flows')
    .set({ task_id: taskId, queued_at: null, updated_at: sql`now()` })
    .where('id', 'in', ids)
    .where('queued_at', 'is not', null)
    .executeTakeFirst();
  if (Number(numUpdatedRows) !== ids.length) return false;
  const rows = flows.map(({ flowId, nodeIds, gateNode }) => ({
    ...{ flow_id: flowId, task_id: taskId, node_ids: nodeIds, gate_node: gateNode },
  }));
  await tx.insertInto('flow_tasks').values(rows).execute();
  return true;
}

/** The nodes of a flow in a task. */
export function findFlowTask(db: DbOrTransaction, flowId: number, taskId: number) {
  const all = db.selectFrom('flow_tasks').selectAll().where('flow_id', '=', flowId);
  return all.where('task_id', '=', taskId).executeTakeFirst();
}

/** Writes how a flow has ended. */
export async function endFlow(tx: DbOrTransaction, id: number, state: 2 | 3): Promise<void> {
  await tx.updateTable('flows').set({ end_state: state, updated_at: sql`now()` }).where('id', '=', id).execute();
}
