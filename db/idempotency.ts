import type { DbOrTransaction } from './connection';

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

/** What its owner used a key for, if they did. */
export async function findKeyUse(
  db: DbOrTransaction,
  { appCode, username, projectId, key }: KeyOwner & Pick<KeyedRequest, 'key'>,
): Promise<{ taskId: number; requestHash: string } | undefined> {
  return db
    .selectFrom('idempotency_keys')
    .select(['task_id as taskId', 'request_hash as requestHash'])
    .where('app_code', '=', appCode)
    .where('username', '=', username)
    .where('project_id', '=', projectId)
    .where('key', '=', key)
    .executeTakeFirst();
}

/**
 * Ties a key to a task; false when it is tied to one already. While another transaction does the same, this waits for how
 * that ends.
 */
export async function insertKeyUse(
  db: DbOrTransaction,
  { appCode, username, projectId, key, requestHash }: KeyedRequest,
  taskId: number,
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
