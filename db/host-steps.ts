import { type Selectable, sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { Database, HostRunStatus } from './schema';

export type HostStepRecord = Selectable<Database['host_steps']>;

/** Which step it is: those that one attempt of a node takes are counted from 1. */
export interface StepKey {
  taskId: number;
  nodeId: string;
  loop: number;
  retry: number;
  ordinal: number;
}

export interface NewStep extends StepKey {
  projectId: number;
  workHash: string;
  account: string | null;
  timeoutSeconds: number;
  concurrency: number;
  maxFailed: number | null;
  parts: number;
}

/** A host of a step, in its order; `fromRun`: it was done before, by that run. */
export interface StepHost {
  id: number;
  address: string;
  name: string;
  fromRun: string | null;
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
                              timeout_seconds, concurrency, max_failed, parts)
      values (${step.projectId}, ${step.taskId}, ${step.nodeId}, ${step.loop}, ${step.retry}, ${step.ordinal},
              ${step.workHash}, ${step.account}, ${step.timeoutSeconds}, ${step.concurrency}, ${step.maxFailed},
              ${step.parts})
      on conflict do nothing returning id
    ), runs as (
      insert into host_runs (step_id, host_id, address, name, place, from_run, status)
      select step.id, host.id, host.address, host.name, host.place, host.from_run,
             case when host.from_run is null then 'waiting' else 'skipped' end
        from step, unnest(${hosts.map(({ id }) => id)}::integer[], ${hosts.map(({ address }) => address)}::text[],
                          ${hosts.map(({ name }) => name)}::text[], ${hosts.map(({ fromRun }) => fromRun)}::bigint[])
                   with ordinality host (id, address, name, from_run, place)
    )
    select id from step`.execute(db);
  return rows.length > 0;
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
