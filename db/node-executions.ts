import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import { toJsonText } from './json';
import { KEEP_PLAN } from './kept-plans';
import { MAX_INTEGER } from './schema';

/** A change of one attempt of a node; absent fields stay as they are. Times are ms since the epoch. */
export interface NodeExecutionChange {
  seq: number;
  nodeId: string;
  loop: number;
  retry: number;
  innerLoop: number;
  status: string;
  skip?: boolean;
  errorIgnored?: boolean;
  /** Of a failure: an automatic retry follows. Not kept. */
  willRetry?: boolean;
  startedAt?: number;
  finishedAt?: number;
  inputs?: unknown;
  outputs?: unknown;
  waitingFor?: string;
}

/** Which change of the same sequence number wins: with `retake`, one that comes again (an attempt that is repeated). */
export type Fence = 'newer' | 'retake';

/** Changes of one task. Several of one attempt, in the order of their numbers, count as one. */
export interface TaskChanges {
  taskId: number;
  nodes: readonly NodeExecutionChange[];
}

/**
 * Writes changes in one statement, all or nothing. A row never goes back to a lower sequence number: such a change is
 * dropped.
 *
 * @returns the changes that were taken
 * @throws the server's error, also when several of the tasks' changes are of the same attempt
 */
export async function upsertNodeExecutions(
  db: DbOrTransaction,
  tasks: readonly TaskChanges[],
  fence: Fence = 'newer',
): Promise<{ taskId: number; seq: number }[]> {
  const { rows } = await sql<{ task_id: number; seq: number }>`${KEEP_PLAN} ${upsertOf(tasks, fence)}`.execute(db);
  return rows.map(({ task_id, seq }) => ({ taskId: task_id, seq }));
}

/** The statement of `upsertNodeExecutions`, for use within another one. Its rows: `task_id`, the attempt's key, `seq`. */
export function upsertOf(tasks: readonly TaskChanges[], fence: Fence) {
  const isAllowed = fence === 'newer' ? sql`old.seq < excluded.seq` : sql`old.seq <= excluded.seq`;
  const changes = tasks.flatMap(({ taskId, nodes }) => fold(nodes).map((change) => ({ taskId, ...change })));
  return sql<{ seq: number }>`
    insert into node_executions as old (
      task_id, node_id, loop, retry, inner_loop, seq, status, skip, error_ignored,
      started_at, finished_at, inputs, outputs, waiting_for
    )
    select
      "taskId", "nodeId", loop, retry, "innerLoop", seq, status,
      coalesce(skip, false), coalesce("errorIgnored", false),
      to_timestamp("startedAt" / 1000), to_timestamp("finishedAt" / 1000), inputs, outputs, "waitingFor"
    from json_to_recordset(${toJsonText(changes)}::json) as change (
      "taskId" integer, "nodeId" text, loop integer, retry integer, "innerLoop" integer, seq integer, status text,
      skip boolean, "errorIgnored" boolean, "startedAt" double precision, "finishedAt" double precision,
      inputs json, outputs json, "waitingFor" text
    )
    on conflict (task_id, node_id, loop, retry) do update set
      inner_loop = excluded.inner_loop,
      seq = excluded.seq,
      status = excluded.status,
      skip = excluded.skip,
      error_ignored = excluded.error_ignored,
      started_at = coalesce(excluded.started_at, old.started_at),
      finished_at = excluded.finished_at,
      inputs = coalesce(excluded.inputs, old.inputs),
      outputs = coalesce(excluded.outputs, old.outputs),
      waiting_for = excluded.waiting_for
    where ${isAllowed}
    returning task_id, node_id, loop, retry, seq`;
}

/** One change per attempt, since a statement can touch a row only once. */
function fold(changes: readonly NodeExecutionChange[]): NodeExecutionChange[] {
  const folded = new Map<string, NodeExecutionChange>();
  for (const change of changes) {
    const key = `${change.nodeId} ${change.loop} ${change.retry}`;
    const { startedAt, inputs, outputs } = folded.get(key) ?? change;
    folded.set(key, { startedAt, inputs, outputs, ...change });
  }
  return [...folded.values()];
}

/** One attempt, as long as nothing newer than `seq` has been recorded of it. */
export type Attempt = Pick<NodeExecutionChange, 'nodeId' | 'loop' | 'retry' | 'seq'> & { taskId: number };

/** What the attempt's plugin has saved; null when it has not. */
export async function loadProgress(db: DbOrTransaction, { taskId, nodeId, loop, retry }: Attempt): Promise<unknown> {
  const row = await db
    .selectFrom('node_executions')
    .select('progress')
    .where('task_id', '=', taskId)
    .where('node_id', '=', nodeId)
    .where('loop', '=', loop)
    .where('retry', '=', retry)
    .executeTakeFirst();
  return row?.progress ?? null;
}

/** Saves what the attempt's plugin has to know when it begins again. False when the attempt was overtaken. */
export async function saveProgress(
  db: DbOrTransaction,
  { taskId, nodeId, loop, retry, seq }: Attempt,
  progress: unknown,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('node_executions')
    .set({ progress: toJsonText(progress) })
    .where('task_id', '=', taskId)
    .where('node_id', '=', nodeId)
    .where('loop', '=', loop)
    .where('retry', '=', retry)
    .where('seq', '=', seq)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** How the open nodes of a task end that was ended by other than itself. */
export interface NodesEnd {
  status: 'FAILED' | 'REVOKED';
  /** What people read as `ex_data`. */
  reason: string;
  at: Date;
}

/** Ends whatever is still open in a task that has ended, so that no row can stay RUNNING by itself; the nodes' ids. */
export async function closeOpenNodeExecutions(
  db: DbOrTransaction,
  taskId: number,
  { status, reason, at }: NodesEnd,
): Promise<string[]> {
  const rows = await db
    .updateTable('node_executions')
    .set({
      status,
      finished_at: at,
      waiting_for: null,
      // Key by key, whose order is part of them.
      outputs: sql<string>`(
        select json_object_agg(key, value) from (
          select key, value from json_each(coalesce(outputs, '{}'::json)) where key <> 'ex_data'
          union all select 'ex_data', to_json(${reason}::text)
        ) as fields
      )`,
    })
    .where('task_id', '=', taskId)
    .where('status', 'in', ['RUNNING', 'READY'])
    .returning('node_id')
    .execute();
  return rows.map(({ node_id }) => node_id);
}

/** Records that a node was never got past: as a new round of one that has run before. Whatever it still records counts. */
export async function insertUnreached(
  db: DbOrTransaction,
  taskId: number,
  nodeId: string,
  { status, reason, at }: NodesEnd,
): Promise<void> {
  await sql`
    insert into node_executions (task_id, node_id, loop, retry, inner_loop, seq, status, finished_at, outputs)
    select ${taskId}::integer, ${nodeId}::text, coalesce(max(loop), 0) + 1, 0, 1, 0, ${status}::text,
      ${at}::timestamptz, ${toJsonText({ ex_data: reason })}::json
    from node_executions where task_id = ${taskId} and node_id = ${nodeId}`.execute(db);
}

/** The newest attempt of every node that was reached: its state, and the number of its record. */
export async function reachedNodes(
  db: DbOrTransaction,
  taskId: number,
): Promise<Map<string, { status: string; seq: number }>> {
  const rows = await db
    .selectFrom('node_executions')
    .distinctOn('node_id')
    .select(['node_id', 'status', 'seq'])
    .where('task_id', '=', taskId)
    .orderBy('node_id')
    .orderBy('loop', 'desc')
    .orderBy('retry', 'desc')
    .execute();
  return new Map(rows.map(({ node_id, status, seq }) => [node_id, { status, seq }]));
}

/** The newest attempt of one node, in a given round or the newest; undefined when it was not reached. */
export function findNodeExecution(db: DbOrTransaction, taskId: number, nodeId: string, loop?: number) {
  return db
    .selectFrom('node_executions')
    .selectAll()
    .where('task_id', '=', taskId)
    .where('node_id', '=', nodeId)
    .$if(loop !== undefined, (query) => query.where('loop', '=', loop!))
    .orderBy('loop', 'desc')
    .orderBy('retry', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** One attempt of a node. */
export function findAttempt(
  db: DbOrTransaction,
  { taskId, nodeId, loop, retry }: { taskId: number; nodeId: string; loop: number; retry: number },
) {
  return db
    .selectFrom('node_executions')
    .select(['seq', 'inputs', 'outputs', 'started_at'])
    .where('task_id', '=', taskId)
    .where('node_id', '=', nodeId)
    .where('loop', '=', loop)
    .where('retry', '=', retry)
    .executeTakeFirst();
}

/** `ex_data` of the nodes whose newest attempt failed: node id to text. */
export async function findFailures(
  db: DbOrTransaction,
  taskId: number,
  maxCharacters = MAX_INTEGER,
): Promise<Record<string, string>> {
  const { rows } = await sql<{ node_id: string; ex_data: string | null }>`
    select node_id, left(outputs ->> 'ex_data', ${maxCharacters}::integer) as ex_data from (
      select distinct on (node_id) node_id, status, outputs from node_executions
      where task_id = ${taskId} order by node_id, loop desc, retry desc
    ) current where status = 'FAILED'`.execute(db);
  return Object.fromEntries(rows.flatMap(({ node_id, ex_data }) => (ex_data === null ? [] : [[node_id, ex_data]])));
}
