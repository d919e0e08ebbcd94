import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import { toJsonText } from './json';
import { KEEP_PLAN } from './kept-plans';
import { type Fence, type NodeExecutionChange, upsertOf } from './node-executions';
import { noticesOf, type TaskEvent } from './notices';

/** A change of a task's state; `at` in ms since the epoch. */
export interface TaskChange {
  seq: number;
  status: string;
  shown: string;
  at: number;
  outputs?: unknown;
}

/** What has come of a task since the last time, to be written together. */
export interface Changes {
  nodes: readonly NodeExecutionChange[];
  task?: TaskChange | undefined;
  /** What its creator is told, when the task has a callback_url. */
  events?: readonly TaskEvent[];
}

/**
 * Writes changes of one task in one statement, all or nothing; writing them again changes nothing. Neither the task nor a
 * node goes back to a lower sequence number. Whatever is still open in a task that ends is ended with it, so that no row
 * can stay RUNNING by itself.
 *
 * @returns the sequence numbers of the changes of nodes that were taken
 */
export async function recordChanges(
  db: DbOrTransaction,
  taskId: number,
  { nodes, task, events = [] }: Changes,
  fence: Fence = 'newer',
): Promise<number[]> {
  const hasEnded = task?.status === 'FINISHED' || task?.status === 'REVOKED';
  const at = task ? new Date(task.at) : null;
  const { rows } = await sql<{ seq: number }>`${KEEP_PLAN}
    with taken as (${upsertOf([{ taskId, nodes }], fence)}),
    changed as (
      update tasks set
        phase = ${hasEnded ? 'ended' : 'running'}, status = ${task?.status ?? ''}, shown = ${task?.shown ?? ''},
        seq = ${task?.seq ?? 0},
        finished_at = case when ${hasEnded}::boolean then ${at}::timestamptz else finished_at end,
        outputs = coalesce(${task?.outputs === undefined ? null : toJsonText(task.outputs)}::json, outputs)
      where id = ${taskId} and seq < ${task?.seq ?? 0}
    ),
    closed as (
      update node_executions as open set status = 'REVOKED', finished_at = ${at}::timestamptz, waiting_for = null
      where ${hasEnded}::boolean and task_id = ${taskId} and status in ('RUNNING', 'READY') and not exists (
        select from taken where (taken.node_id, taken.loop, taken.retry) = (open.node_id, open.loop, open.retry)
      )
    ),
    told as (${noticesOf(taskId, events, sql`(notice.seq is null or notice.seq in (select seq from taken))`)})
    select seq from taken`.execute(db);
  return rows.map(({ seq }) => seq);
}
