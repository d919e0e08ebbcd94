import { type Selectable, sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { Database, HostRunStatus, HostStepKind } from './schema';

export type HostStepRecord = Selectable<Database['host_steps']>;

/** Which step it is: those that one attempt of a node takes are counted from 1. */
export interface StepKey {
  taskId: number;
  nodeId: string;
  loop: number;
  retry: number;
  ordinal: number;
}

/** An attempt of a node. */
export type AttemptKey = Omit<StepKey, 'ordinal'>;

export interface NewStep extends StepKey {
  projectId: number;
  workHash: string;
  account: string | null;
  timeoutSeconds: number;
  concurrency: number;
  maxFailed: number | null;
  retries: number;
  retryWaitSeconds: number;
  locksHosts: boolean;
  parts: number;
  /** Default: `script`. */
  kind?: HostStepKind;
  deadline?: Date | null;
  /** Of a rollout. */
  flow?: { id: number; step: number };
}

/** A host of a step, in its order. */
export interface StepHost {
  /** Null: it is not in the inventory any more. */
  id: number | null;
  address: string;
  name: string;
  /** Why it is skipped; empty: it is not. */
  skipped: string;
  /** The run of an earlier attempt whose result it keeps. */
  fromRun: string | null;
  /** As what it counts when it is skipped; absent: `skipped`. */
  keeps?: HostRunStatus;
  /** Of the result that it keeps. */
  exitCode?: number | null;
  /** Absent: as they are in the list, from 1. */
  place?: number;
}

export function findStep(db: DbOrTransaction, key: StepKey): Promise<HostStepRecord | undefined> {
  return db
    .selectFrom('host_steps')
    .selectAll()
    .where('task_id', '=', key.taskId)
    .where('node_id', '=', key.nodeId)
    .where('loop', '=', key.loop)
    .where('retry', '=', key.retry)
    .where('ordinal', '=', key.ordinal)
    .executeTakeFirst();
}

/**
 * Writes a step with a run for each of its hosts, in one statement. A step that is there already stays as it is.
 *
 * @returns whether it was written
 */
export async function insertStep(db: DbOrTransaction, step: NewStep, hosts: readonly StepHost[]): Promise<boolean> {
  const { rows } = await sql<{ id: number }>`
    with step as (
      insert into host_steps (project_id, task_id, node_id, loop, retry, ordinal, work_hash, account,
                              timeout_seconds, concurrency, max_failed, retries, retry_wait_seconds,
                              locks_hosts, parts, kind, deadline, flow_id, flow_step)
      values (${step.projectId}, ${step.taskId}, ${step.nodeId}, ${step.loop}, ${step.retry}, ${step.ordinal},
              ${step.workHash}, ${step.account}, ${step.timeoutSeconds}, ${step.concurrency}, ${step.maxFailed},
              ${step.retries}, ${step.retryWaitSeconds}, ${step.locksHosts}, ${step.parts}, ${step.kind ?? 'script'},
              ${step.deadline ?? null}, ${step.flow?.id ?? null}, ${step.flow?.step ?? null})
      on conflict do nothing returning id
    ), runs as (
      insert into host_runs (step_id, host_id, address, name, place, from_run, exit_code, reason, status, ended_at)
      select step.id, host.id, host.address, host.name, host.place, host.from_run, host.exit_code, host.skipped,
             case when host.skipped = '' then 'waiting' else host.keeps end,
             case when host.skipped <> '' then now() end
        from step, unnest(${hosts.map(({ id }) => id)}::integer[], ${hosts.map(({ address }) => address)}::text[],
                          ${hosts.map(({ name }) => name)}::text[], ${hosts.map(({ fromRun }) => fromRun)}::bigint[], ${hosts.map(({ exitCode }) => exitCode ?? null)}::integer[],
                          ${hosts.map(({ skipped }) => skipped)}::text[], ${hosts.map(({ keeps }) => keeps ?? 'skipped')}::text[], ${hosts.map(({ place }, at) => place ?? at + 1)}::integer[])
                   host (id, address, name, from_run, exit_code, skipped, keeps, place)
    )
    select id from step`.execute(db);
  return rows.length > 0;
}

/** Counts a round in which a part has crashed, once; how many there are. */
export async function noteCrash(db: DbOrTransaction, stepId: number, round: number): Promise<number> {
  await sql`
    update host_steps set crashes = crashes + 1, crashed_round = ${round}
     where id = ${stepId} and crashed_round < ${round}`.execute(db);
  const step = db.selectFrom('host_steps').select('crashes').where('id', '=', stepId);
  return (await step.executeTakeFirstOrThrow()).crashes;
}

/** How many runs of a step stand how; statuses that none has are left out. */
export async function tallyRuns(db: DbOrTransaction, stepId: number): Promise<Partial<Record<HostRunStatus, number>>> {
  const rows = await db
    .selectFrom('host_runs')
    .select(['status', (eb) => eb.fn.countAll<string>().as('count')])
    .where('step_id', '=', stepId)
    .groupBy('status')
    .execute();
  return Object.fromEntries(rows.map(({ status, count }) => [status, Number(count)]));
}

/** The runs of a step whose logs report values, in the order of its hosts: those that did it, where others were skipped for it. */
export async function listReporting(db: DbOrTransaction, stepId: number, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select done.id from host_runs runs join host_runs done on done.id = coalesce(runs.from_run, runs.id)
     where runs.step_id = ${stepId} and done.has_values order by runs.place limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** The first runs of a step that have not ended well, in the order of its hosts. */
export function listFailures(db: DbOrTransaction, stepId: number, limit: number) {
  return db
    .selectFrom('host_runs')
    .select(['host_id', 'address', 'name', 'status', 'exit_code', 'reason'])
    .where('step_id', '=', stepId)
    .where('status', 'in', ['failed', 'unreachable', 'lost', 'cancelled'])
    .orderBy('place')
    .limit(limit)
    .execute();
}

/** The steps that an attempt of a node takes, in their order. */
export function listStepsOf(
  db: DbOrTransaction,
  { taskId, nodeId, loop, retry }: AttemptKey,
  limit: number,
): Promise<HostStepRecord[]> {
  return db
    .selectFrom('host_steps')
    .selectAll()
    .where('task_id', '=', taskId)
    .where('node_id', '=', nodeId)
    .where('loop', '=', loop)
    .where('retry', '=', retry)
    .orderBy('ordinal')
    .limit(limit)
    .execute();
}

/** A step, and how many of its runs stand how; statuses that none has are left out. */
export interface TalliedStep extends HostStepRecord {
  counts: Partial<Record<HostRunStatus, number>>;
}

/** Steps of a task of a project after an id, the oldest first, each with how its runs stand. */
export async function listTalliedSteps(
  db: DbOrTransaction,
  { projectId, taskId }: { projectId: number; taskId: number },
  { after, limit }: { after: number; limit: number },
): Promise<TalliedStep[]> {
  const { rows } = await sql<TalliedStep>`
    with page as (
      select * from host_steps
       where project_id = ${projectId} and task_id = ${taskId} and id > ${after} order by id limit ${limit}
    ), tally as (
      select step_id, status, count(*) as hosts from host_runs
       where step_id in (select id from page) group by step_id, status
    )
    select page.*, coalesce(
             (select json_object_agg(status, hosts) from tally where tally.step_id = page.id), '{}') as counts
      from page order by id`.execute(db);
  return rows;
}

/** A step of a task of the project that is not deleted. */
export function findStepOf(db: DbOrTransaction, projectId: number, id: number): Promise<HostStepRecord | undefined> {
  return db
    .selectFrom('host_steps as step')
    .innerJoin('tasks', 'tasks.id', 'step.task_id')
    .selectAll('step')
    .where('step.project_id', '=', projectId)
    .where('step.id', '=', id)
    .where('tasks.is_deleted', '=', false)
    .executeTakeFirst();
}

/** The step of the newest attempt of a node that has one. */
export function findStepOfNode(
  db: DbOrTransaction,
  taskId: number,
  nodeId: string,
): Promise<HostStepRecord | undefined> {
  const steps = db.selectFrom('host_steps').selectAll().where('task_id', '=', taskId).where('node_id', '=', nodeId);
  return steps.orderBy('loop', 'desc').orderBy('retry', 'desc').limit(1).executeTakeFirst();
}
