import type { DbOrTransaction } from './connection';

/** A request that an app gave a key. */
export interface KeyedRequest {
  appCode: string;
  key: string;
  /** Two requests with the same hash ask for the same. */
  requestHash: string;
}

/** What an app's key was used for, if it was. */
export async function findKeyUse(
  db: DbOrTransaction,
  { appCode, key }: Pick<KeyedRequest, 'appCode' | 'key'>,
): Promise<{ taskId: number; requestHash: string } | undefined> {
  return db
    .selectFrom('idempotency_keys')
    .select(['task_id as taskId', 'request_hash as requestHash'])
    .where('app_code', '=', appCode)
    .where('key', '=', key)
    .executeTakeFirst();
}

/**
 * Ties a key to a task; false when it is tied to one already. While another transaction does the same, this waits for how
 * that ends.
 */
export async function insertKeyUse(
  db: DbOrTransaction,
  { appCode, key, requestHash }: KeyedRequest,
  taskId: number,
): Promise<boolean> {
  const inserted = await db
    .insertInto('idempotency_keys')
    .values({ app_code: appCode, key, request_hash: requestHash, task_id: taskId })
    .onConflict((on) => on.columns(['app_code', 'key']).doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}
