import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';

/** The cloud that hosts are in of which nothing else is said. */
export const DEFAULT_CLOUD = { id: 0, name: 'default area' };

/** Makes the default cloud of an account where there is none. */
export async function ensureDefaultCloud(db: DbOrTransaction, account: string): Promise<void> {
  await db
    .insertInto('clouds')
    .values({ supplier_account: account, ...DEFAULT_CLOUD })
    .onConflict((on) => on.doNothing())
    .execute();
}

/** The clouds of an account, by id; 0 is the default one. */
export function listClouds(db: DbOrTransaction, account: string): Promise<{ id: number; name: string }[]> {
  return db.selectFrom('clouds').select(['id', 'name']).where('supplier_account', '=', account).orderBy('id').execute();
}

/** Clouds of an account, each with the profile that its hosts have where nothing else is said. */
export function findClouds(
  db: DbOrTransaction,
  account: string,
  ids: readonly number[],
): Promise<{ id: number; name: string; ssh_profile_id: number | null }[]> {
  return db
    .selectFrom('clouds')
    .select(['id', 'name', 'ssh_profile_id'])
    .where('supplier_account', '=', account)
    .where(sql<boolean>`id = any (${ids}::integer[])`)
    .orderBy('id')
    .execute();
}

/** Makes a cloud; undefined when the account has one of that name. */
export function insertCloud(
  db: DbOrTransaction,
  account: string,
  name: string,
): Promise<{ id: number; name: string } | undefined> {
  return db
    .insertInto('clouds')
    .values({ supplier_account: account, name })
    .onConflict((on) => on.columns(['supplier_account', 'name']).doNothing())
    .returning(['id', 'name'])
    .executeTakeFirst();
}
