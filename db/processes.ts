import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { Database } from './schema';

export type ProcessRecord = Selectable<Database['processes']>;
type ProcessChanges = Omit<Updateable<Database['processes']>, 'id' | 'business_id' | 'created_at'>;

/** Makes a process; a name or a function id that is taken in its business is a duplicate (`isDuplicate`). */
export function insertProcess(db: DbOrTransaction, process: Insertable<Database['processes']>): Promise<ProcessRecord> {
  return db.insertInto('processes').values(process).returningAll().executeTakeFirstOrThrow();
}

export function findProcess(db: DbOrTransaction, businessId: number, id: number): Promise<ProcessRecord | undefined> {
  return db
    .selectFrom('processes')
    .selectAll()
    .where('business_id', '=', businessId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Sees to it that a process stays until the transaction ends; false when there is none. */
export async function keepProcess(db: DbOrTransaction, businessId: number, id: number): Promise<boolean> {
  const found = await db
    .selectFrom('processes')
    .select('id')
    .where('business_id', '=', businessId)
    .where('id', '=', id)
    .forKeyShare()
    .executeTakeFirst();
  return found !== undefined;
}

/** Locks processes of a business until the transaction ends, in the order of their ids; those that there are. */
export function lockProcesses(
  db: DbOrTransaction,
  businessId: number,
  ids: readonly number[],
): Promise<ProcessRecord[]> {
  return processesById(db, businessId, ids).forUpdate().execute();
}

/** Changes processes of a business alike; their new rows. */
export function updateProcesses(
  db: DbOrTransaction,
  businessId: number,
  ids: readonly number[],
  changes: ProcessChanges,
): Promise<ProcessRecord[]> {
  return db
    .updateTable('processes')
    .set({ ...changes, updated_at: new Date() })
    .where('business_id', '=', businessId)
    .where('id', 'in', ids)
    .returningAll()
    .execute();
}

export async function deleteProcess(db: DbOrTransaction, businessId: number, id: number): Promise<void> {
  await db.deleteFrom('processes').where('business_id', '=', businessId).where('id', '=', id).execute();
}

/** Processes of a business, by id; those that there are. */
export function findProcesses(
  db: DbOrTransaction,
  businessId: number,
  ids: readonly number[],
): Promise<ProcessRecord[]> {
  return processesById(db, businessId, ids).execute();
}

function processesById(db: DbOrTransaction, businessId: number, ids: readonly number[]) {
  return db
    .selectFrom('processes')
    .selectAll()
    .where('business_id', '=', businessId)
    .where(sql<boolean>`id = any (${ids}::integer[])`)
    .orderBy('id');
}
