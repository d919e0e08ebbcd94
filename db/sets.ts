import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { Database } from './schema';

export type SetRecord = Selectable<Database['sets']>;
type SetChanges = Omit<Updateable<Database['sets']>, 'id' | 'business_id' | 'kind' | 'created_at'>;

/** Makes a set; a name that is taken in its business is a duplicate (`isDuplicate`). */
export function insertSet(db: DbOrTransaction, set: Insertable<Database['sets']>): Promise<SetRecord> {
  return db.insertInto('sets').values(set).returningAll().executeTakeFirstOrThrow();
}

/** Those of a business that there are, by id. */
export function findSets(db: DbOrTransaction, businessId: number, ids: readonly number[]): Promise<SetRecord[]> {
  return db
    .selectFrom('sets')
    .selectAll()
    .where('business_id', '=', businessId)
    .where('id', 'in', ids)
    .orderBy('id')
    .execute();
}

/** The sets of a business: that of its idle modules, then the others by id. */
export function listSets(db: DbOrTransaction, businessId: number): Promise<SetRecord[]> {
  return db
    .selectFrom('sets')
    .selectAll()
    .where('business_id', '=', businessId)
    .orderBy('kind', 'desc')
    .orderBy('id')
    .execute();
}

/** Those of the ids that there are, of whatever business. */
export function listSetsById(db: DbOrTransaction, ids: readonly number[]): Promise<SetRecord[]> {
  return db.selectFrom('sets').selectAll().where(sql<boolean>`id = any (${ids}::integer[])`).orderBy('id').execute();
}

export function updateSet(db: DbOrTransaction, id: number, changes: SetChanges): Promise<SetRecord> {
  return db
    .updateTable('sets')
    .set({ ...changes, updated_at: new Date() })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Deletes sets with their modules. */
export async function deleteSets(db: DbOrTransaction, ids: readonly number[]): Promise<void> {
  await db.deleteFrom('sets').where('id', 'in', ids).execute();
}
