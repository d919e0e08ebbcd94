import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';

/** All attempts of one round of a node, oldest first: of the given round, or of the newest. */
export function listRound(db: DbOrTransaction, taskId: number, nodeId: string, loop?: number) {
  return db
    .selectFrom('node_executions as execution')
    .selectAll()
    .where('task_id', '=', taskId)
    .where('node_id', '=', nodeId)
    .where('loop', '=', ({ selectFrom, val }) =>
      loop === undefined
        ? selectFrom('node_executions')
            .select(({ fn }) => fn.max('loop').as('newest'))
            .where('task_id', '=', taskId)
            .where('node_id', '=', nodeId)
        : val(loop),
    )
    .orderBy('retry')
    .execute();
}

export type NodeExecution = Awaited<ReturnType<typeof listRound>>[number];

/** The newest attempts of a node before one, oldest first; with `inRound` those of its round only. */
export async function listBefore(
  db: DbOrTransaction,
  { taskId, nodeId, loop, retry }: { taskId: number; nodeId: string; loop: number; retry: number },
  { inRound, limit }: { inRound: boolean; limit: number },
): Promise<NodeExecution[]> {
  const newest = await db
    .selectFrom('node_executions')
    .selectAll()
    .where('task_id', '=', taskId)
    .where('node_id', '=', nodeId)
    .where(sql<boolean>`(loop, retry) < (${loop}, ${retry})`)
    .$if(inRound, (all) => all.where('loop', '=', loop))
    .orderBy('loop', 'desc')
    .orderBy('retry', 'desc')
    .limit(limit)
    .execute();
  return newest.reverse();
}

/** Every attempt of one node without its inputs, oldest first. */
export function listAttempts(db: DbOrTransaction, taskId: number, nodeId: string) {
  return db
    .selectFrom('node_executions')
    .select(['loop', 'retry', 'status', 'skip', 'error_ignored', 'started_at', 'finished_at', 'waiting_for', 'outputs'])
    .where('task_id', '=', taskId)
    .where('node_id', '=', nodeId)
    .orderBy('loop')
    .orderBy('retry')
    .execute();
}

/** Outputs of the newest attempts of some nodes that have any, by node id. */
export async function findOutputs(
  db: DbOrTransaction,
  taskId: number,
  nodeIds: readonly string[],
): Promise<Map<string, Record<string, unknown>>> {
  if (nodeIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('node_executions')
    .distinctOn('node_id')
    .select(['node_id', 'outputs'])
    .where('task_id', '=', taskId)
    .where('node_id', 'in', [...nodeIds])
    .where('outputs', 'is not', null)
    .orderBy('node_id')
    .orderBy('loop', 'desc')
    .orderBy('retry', 'desc')
    .execute();
  return new Map(rows.map(({ node_id, outputs }) => [node_id, outputs!]));
}

/** Retries of the nodes of a task over all rounds, and how many of them somebody asked for, by node id. */
export async function countRetries(
  db: DbOrTransaction,
  taskId: number,
): Promise<Map<string, { all: number; manual: number }>> {
  const { rows } = await sql<{ node_id: string; retries: number; manual: number }>`
    select node_id, retries, coalesce(manual, 0)::integer as manual from (
      select node_id, sum(retries)::integer as retries from (
        select node_id, max(retry) as retries from node_executions where task_id = ${taskId} group by node_id, loop
      ) rounds group by node_id
    ) nodes left join (
      select node_id, count(*) as manual from audit_records
      where task_id = ${taskId} and action = 'retry' group by node_id
    ) asked using (node_id)
    where retries > 0`.execute(db);
  return new Map(rows.map(({ node_id, retries, manual }) => [node_id, { all: retries, manual }]));
}

/** Seconds that each node of a task worked, over all of its attempts, by node id; what has not ended is left out. */
export async function sumDurations(db: DbOrTransaction, taskId: number): Promise<Map<string, number>> {
  const { rows } = await sql<{ node_id: string; seconds: number }>`
    select node_id, sum(extract(epoch from finished_at - started_at))::double precision as seconds
    from node_executions where task_id = ${taskId} and started_at is not null and finished_at is not null
    group by node_id`.execute(db);
  return new Map(rows.map(({ node_id, seconds }) => [node_id, seconds]));
}

/**
 * When a template's node has finished, and how long that took: in a task and in the newest others of the same template,
 * newest first. Nodes of subprocesses have none.
 */
export async function listExecutionTimes(
  db: DbOrTransaction,
  task: { id: number; project_id: number; template_id: string | null },
  templateNodeId: string,
): Promise<{ finished_at: Date; started_at: Date | null }[]> {
  // Trees may be large: a few tell what is usual.
  const { rows } = await sql<{ finished_at: Date; started_at: Date | null }>`
    with chosen as (
      select id from (
        select id from tasks where project_id = ${task.project_id} and template_id = ${task.template_id}
          and not is_deleted and phase <> 'created' order by id desc limit 10
      ) newest union select ${task.id}::integer
    )
    select execution.finished_at, execution.started_at
    from chosen
      join task_trees on task_trees.task_id = chosen.id
      cross join lateral json_each(task_trees.tree -> 'activities') activity
      join node_executions execution on execution.task_id = chosen.id and execution.node_id = activity.key
    where activity.value ->> 'template_node_id' = ${templateNodeId} and execution.finished_at is not null
    order by execution.finished_at desc`.execute(db);
  return rows;
}
