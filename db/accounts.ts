import type { Insertable, Selectable, Updateable } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { Database } from './schema';

export type AccountRecord = Selectable<Database['accounts']>;

/** Makes an account; undefined when the project has this alias for this tag, or for all hosts, already. */
export function insertAccount(
  db: DbOrTransaction,
  account: Insertable<Database['accounts']>,
): Promise<AccountRecord | undefined> {
  return db
    .insertInto('accounts')
    .values(account)
    .onConflict((on) => on.constraint('accounts_by_alias').doNothing())
    .returningAll()
    .executeTakeFirst();
}

/** Locks an account until the transaction ends. */
export function lockAccount(db: DbOrTransaction, projectId: number, id: number): Promise<AccountRecord | undefined> {
  return ofProject(db, projectId).where('id', '=', id).forUpdate().executeTakeFirst();
}

export function findAccount(db: DbOrTransaction, projectId: number, id: number): Promise<AccountRecord | undefined> {
  return ofProject(db, projectId).where('id', '=', id).executeTakeFirst();
}

/** The accounts of a project after an id. */
export function listAccounts(
  db: DbOrTransaction,
  projectId: number,
  { after, limit }: { after: number; limit: number },
): Promise<AccountRecord[]> {
  return ofProject(db, projectId).where('id', '>', after).orderBy('id').limit(limit).execute();
}

/** The accounts of a project that an alias may mean, by id. */
export function findAccounts(db: DbOrTransaction, projectId: number, alias: string): Promise<AccountRecord[]> {
  return ofProject(db, projectId).where('alias', '=', alias).orderBy('id').execute();
}

/** The aliases that a project has, in order. */
export async function listAliases(db: DbOrTransaction, projectId: number): Promise<string[]> {
  const rows = await db
    .selectFrom('accounts')
    .select('alias')
    .distinct()
    .where('project_id', '=', projectId)
    .orderBy('alias')
    .execute();
  return rows.map(({ alias }) => alias);
}

export async function countAccounts(db: DbOrTransaction, projectId: number): Promise<number> {
  const { count } = await db
    .selectFrom('accounts')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('project_id', '=', projectId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Changes an account; an alias that is taken is a duplicate (`isDuplicate`). */
export function updateAccount(
  db: DbOrTransaction,
  id: number,
  changes: Omit<Updateable<Database['accounts']>, 'id' | 'project_id'>,
): Promise<AccountRecord> {
  return db
    .updateTable('accounts')
    .set({ ...changes, updated_at: new Date() })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function deleteAccount(db: DbOrTransaction, id: number): Promise<void> {
  await db.deleteFrom('accounts').where('id', '=', id).execute();
}

function ofProject(db: DbOrTransaction, projectId: number) {
  return db.selectFrom('accounts').selectAll().where('project_id', '=', projectId);
}

/** The accounts that log in by a credential, by id. */
export function listAccountsBy(
  db: DbOrTransaction,
  credentialId: number,
  limit: number,
): Promise<{ id: number; alias: string }[]> {
  return db
    .selectFrom('accounts')
    .select(['id', 'alias'])
    .where('credential_id', '=', credentialId)
    .orderBy('id')
    .limit(limit)
    .execute();
}
