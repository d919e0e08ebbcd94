import type { DbOrTransaction } from './connection';
import { toJsonText } from './json';

/** Whose a key is: two users of an app, or one in two projects, may choose the same. */
export interface KeyOwner {
  appCode: string;
  username: string;
  projectId: number;
}

/** A request that its sender gave a key. */
export interface KeyedRequest extends KeyOwner {
  key: string;
  /** Two requests with the same hash ask for the same. */
  requestHash: string;
}

/** What came of a request with a key. */
export interface KeyUse {
  requestHash: string;
  /** The task that it made; null where it made something else. */
  taskId: number | null;
  /** What it was answered, where it made no task. */
  answer: unknown;
}

/** What its owner used a key for, if they did. */
export async function findKeyUse(
  db: DbOrTransaction,
  { appCode, username, projectId, key }: KeyOwner & Pick<KeyedRequest, 'key'>,
): Promise<KeyUse | undefined> {
  return db
    .selectFrom('idempotency_keys')
    .select(['task_id as taskId', 'request_hash as requestHash', 'answer'])
    .where('app_code', '=', appCode)
    .where('username', '=', username)
    .where('project_id', '=', projectId)
    .where('key', '=', key)
    .executeTakeFirst();
}

/**
 * Takes a key; false when it is taken already. While another transaction does the same, this waits for how that ends.
 *
 * @param taskId what the request made, where that is a task; of others the answer follows (`keepAnswer`)
 */
export async function insertKeyUse(
  db: DbOrTransaction,
  { appCode, username, projectId, key, requestHash }: KeyedRequest,
  taskId: number | null = null,
): Promise<boolean> {
  const inserted = await db
    .insertInto('idempotency_keys')
    .values({
      app_code: appCode,
      username,
      project_id: projectId,
      key,
      request_hash: requestHash,
      task_id: taskId,
    })
    .onConflict((on) => on.columns(['app_code', 'username', 'project_id', 'key']).doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

/** Keeps what a request was answered, for when it comes again. */
export async function keepAnswer(
  db: DbOrTransaction,
  { appCode, username, projectId, key }: KeyedRequest,
  answer: unknown,
): Promise<void> {
  await db
    .updateTable('idempotency_keys')
    .set({ answer: toJsonText(answer) })
    .where('app_code', '=', appCode)
    .where('username', '=', username)
    .where('project_id', '=', projectId)
    .where('key', '=', key)
    .execute();
}
