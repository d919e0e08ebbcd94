import { type Selectable, sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import { toJsonText } from './json';
import type { Database } from './schema';

type CallbackRecord = Selectable<Database['callbacks']>;

/** What a task's creator is told (spec 6.12). */
export interface TaskEvent {
  /** Recorded again, the same event is one message: `finished`, `revoked`, `node_failed <node> <loop> <retry>`. */
  event: string;
  success: boolean;
  /** Key with `${}` to value. */
  outputs?: unknown;
}

/** Writes messages for a task that has a callback_url; call it in the transaction that records what they tell. */
export async function insertCallbacks(
  db: DbOrTransaction,
  taskId: number,
  events: readonly TaskEvent[],
): Promise<void> {
  for (const { event, success, outputs = {} } of events) {
    const body = { task_id: taskId, task_success: success };
    const bodyWithOutputs = { ...body, task_outputs: outputs, callback_version: 'v2' };
    await sql`
      insert into callbacks (task_id, event, url, body)
      select
        id, ${event}, callback_url,
        case callback_version when 'v2' then ${toJsonText(bodyWithOutputs)}::json else ${toJsonText(body)}::json end
      from tasks where id = ${taskId} and callback_url is not null
      on conflict (task_id, event) do nothing`.execute(db);
  }
}

/** An attempt of a node that failed for good: no automatic retry follows. */
export function failureEvent({ nodeId, loop, retry }: { nodeId: string; loop: number; retry: number }): TaskEvent {
  return { event: `node_failed ${nodeId} ${loop} ${retry}`, success: false };
}

/** A message that is to be sent now. */
export interface DueCallback {
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
 * Takes messages that are due and lets nobody else have them for a while: a sender that dies leaves them to be sent
 * again. The messages of one task come one after the other.
 */
export async function takeDueCallbacks(
  db: DbOrTransaction,
  { limit, leaseMs }: { limit: number; leaseMs: number },
): Promise<DueCallback[]> {
  const { rows } = await sql<DueCallback>`
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
  { status, error, retryAt }: { status: CallbackRecord['status']; error: string; retryAt?: Date },
): Promise<void> {
  await db
    .updateTable('callbacks')
    .set({ status, error, ...(retryAt ? { next_at: retryAt } : {}) })
    .where('id', '=', id)
    .execute();
}

/** All messages of a task in their order, sent or not. */
export function listCallbacks(db: DbOrTransaction, taskId: number) {
  return db
    .selectFrom('callbacks')
    .select(['event', 'url', 'body', 'status', 'attempts', 'error', 'created_at'])
    .where('task_id', '=', taskId)
    .orderBy('id')
    .execute();
}
