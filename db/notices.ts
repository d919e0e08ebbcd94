import { type Selectable, sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import { toJsonText } from './json';
import type { NodeExecutionChange } from './node-executions';
import type { Database } from './schema';

type NoticeRecord = Selectable<Database['callbacks']>;

/** What a task's creator is told (bk-sops §6.12). */
export interface TaskEvent {
  /** Recorded again, the same event is one notice: `finished`, `revoked`, `node_failed <node> <loop> <retry>`. */
  event: string;
  success: boolean;
  /** Of a node's change: without that change there is nothing to tell. */
  seq?: number;
  /** Key with `${}` to value. */
  outputs?: unknown;
}

/** Writes notices for a task that has a callback_url; call it in the transaction that records what they tell. */
export async function insertNotices(db: DbOrTransaction, taskId: number, events: readonly TaskEvent[]): Promise<void> {
  if (events.length > 0) await noticesOf(taskId, events).execute(db);
}

/** The statement of `insertNotices`, for use within another one that may know better which are told (by their `seq`). */
export function noticesOf(taskId: number, events: readonly TaskEvent[], condition = sql`true`) {
  return sql`
    insert into callbacks (task_id, event, url, body)
    select tasks.id, event, callback_url, case callback_version when 'v2' then "bodyWithOutputs" else body end
    from tasks, json_to_recordset(${toJsonText(events.map((event) => noticeOf(taskId, event)))}::json)
      as notice (event text, seq integer, body json, "bodyWithOutputs" json)
    where tasks.id = ${taskId} and callback_url is not null and ${condition}
    on conflict (task_id, event) do nothing`;
}

function noticeOf(taskId: number, { event, seq, success, outputs = {} }: TaskEvent) {
  const body = { task_id: taskId, task_success: success };
  return { event, seq, body, bodyWithOutputs: { ...body, task_outputs: outputs, callback_version: 'v2' } };
}

/** An attempt of a node that failed for good: no automatic retry follows. */
export function failureEvent({ nodeId, loop, retry, seq }: NodeExecutionChange): TaskEvent {
  return { event: `node_failed ${nodeId} ${loop} ${retry}`, seq, success: false };
}

/** The end of a task; of any other change of its state nothing is told. */
export function endEvents(task: { status: string; outputs?: unknown } | undefined): TaskEvent[] {
  if (task?.status !== 'FINISHED' && task?.status !== 'REVOKED') return [];
  const success = task.status === 'FINISHED';
  return [{ event: task.status.toLowerCase(), success, outputs: task.outputs ?? {} }];
}

/** A notice that is to be sent now. */
export interface DueNotice {
  id: string;
  taskId: number;
  event: string;
  url: string;
  body: Record<string, unknown>;
  /** Counts this one. */
  attempts: number;
  createdAt: Date;
  /** Hash of the secret of the app that made the task, as in `apps`; null when there is none any more. */
  secretHash: string | null;
}

/**
 * Takes notices that are due and lets nobody else have them for a while: a sender that dies leaves them to be sent
 * again. The notices of one task come one after the other.
 */
export async function takeDueNotices(
  db: DbOrTransaction,
  { limit, leaseMs }: { limit: number; leaseMs: number },
): Promise<DueNotice[]> {
  const { rows } = await sql<DueNotice>`
    update callbacks set attempts = attempts + 1, next_at = now() + make_interval(secs => ${leaseMs / 1000})
    where id in (
      select id from callbacks due
      where status = 'ready' and next_at <= now() and not exists (
        select 1 from callbacks earlier
        where earlier.task_id = due.task_id and earlier.status = 'ready' and earlier.id < due.id
      )
      order by next_at limit ${limit} for update skip locked
    )
    returning
      id, task_id as "taskId", event, url, body, attempts, created_at as "createdAt",
      (
        select apps.secret_hash from audit_records join apps on apps.code = audit_records.app_code
        where audit_records.task_id = callbacks.task_id and audit_records.action = 'create'
        order by audit_records.id limit 1
      ) as "secretHash"`.execute(db);
  return rows;
}

/** What became of an attempt to send. `retryAt` is read only of one that is still `ready`. */
export async function recordDelivery(
  db: DbOrTransaction,
  id: string,
  { status, error, retryAt }: { status: NoticeRecord['status']; error: string; retryAt?: Date },
): Promise<void> {
  await db
    .updateTable('callbacks')
    .set({ status, error, ...(retryAt ? { next_at: retryAt } : {}) })
    .where('id', '=', id)
    .execute();
}

/** All notices of a task in their order, sent or not. */
export function listNotices(db: DbOrTransaction, taskId: number) {
  return db
    .selectFrom('callbacks')
    .select(['event', 'url', 'body', 'status', 'attempts', 'error', 'created_at'])
    .where('task_id', '=', taskId)
    .orderBy('id')
    .execute();
}
