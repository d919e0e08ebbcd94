import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';

/** Who has a pool for itself. */
export interface PoolHolder {
  poolId: number;
  flowId: number;
  taskId: number;
  takenAt: Date;
}

/**
 * Takes pools for a task, those with the lower ids first; call it in the transaction that makes the task. Its end lets them
 * go.
 *
 * @returns false when another task has one of them
 */
export async function takePools(
  tx: DbOrTransaction,
  taskId: number,
  flows: readonly { flowId: number; poolId: number }[],
): Promise<boolean> {
  const { rows } = await sql`
    insert into pool_locks (pool_id, flow_id, task_id)
    select flow.pool_id, flow.id, ${taskId}
      from unnest(${flows.map(({ poolId }) => poolId)}::integer[], ${flows.map(({ flowId }) => flowId)}::integer[]) flow (pool_id, id)
     order by flow.pool_id
    on conflict do nothing returning pool_id`.execute(tx);
  return rows.length === flows.length;
}

/** Who has the pools, by pool; those that nobody has are not there. */
export async function findHolders(db: DbOrTransaction, poolIds: readonly number[]): Promise<Map<number, PoolHolder>> {
  const { rows } = await sql<PoolHolder>`
    select pool_id as "poolId", flow_id as "flowId", task_id as "taskId", taken_at as "takenAt"
      from pool_locks where pool_id = any(${poolIds}::integer[])`.execute(db);
  return new Map(rows.map((row) => [row.poolId, row]));
}

/** A flow that is first in the line of its pool, and of the pools of all that are run in its task. */
export interface DueFlow {
  id: number;
  project_id: number;
}

/**
 * Flows whose turn it is: all of their pools are free, and nobody waits for any of these for longer. A flow whose pool is
 * deleted waits for none.
 */
export async function listDue(db: DbOrTransaction, limit: number): Promise<DueFlow[]> {
  const { rows } = await sql<DueFlow>`
    select whole.id, whole.project_id from flows whole
     where whole.queued_at is not null and whole.part_of is null
       and not exists (
             select from flows part
              where (part.id = whole.id or part.part_of = whole.id) and part.pool_id is not null
                and (exists (select from pool_locks where pool_locks.pool_id = part.pool_id)
                  or exists (select from flows earlier
                              where earlier.pool_id = part.pool_id and earlier.queued_at is not null
                                and (earlier.queued_at, coalesce(earlier.part_of, earlier.id)) < (part.queued_at, whole.id))))
     order by whole.queued_at, whole.id limit ${limit}`.execute(db);
  return rows;
}

/**
 * Ends the task of a flow that can never be started, which lets its pools go.
 *
 * @returns false: somebody has started it
 */
export async function endUnstarted(tx: DbOrTransaction, taskId: number, reason: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('tasks')
    .set({ phase: 'ended', status: 'REVOKED', shown: 'REVOKED', finished_at: sql`now()`, end_reason: reason })
    .where('id', '=', taskId)
    .where('phase', '=', 'created')
    .where('create_method', '=', 'rollout')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Flows that have a task which nobody has started yet. */
export async function listUnstarted(db: DbOrTransaction, limit: number) {
  return db
    .selectFrom('flows')
    .innerJoin('tasks', 'tasks.id', 'flows.task_id')
    .select(['flows.id', 'flows.project_id', 'flows.task_id', 'flows.username', 'flows.app_code'])
    .where('flows.part_of', 'is', null)
    .where('tasks.phase', '=', 'created')
    .where('tasks.is_deleted', '=', false)
    .where('tasks.create_method', '=', 'rollout')
    .orderBy('flows.id')
    .limit(limit)
    .execute();
}
