import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import { KINDS } from './businesses';
import type { DbOrTransaction } from './connection';
import type { Database } from './schema';

export type ModuleRecord = Selectable<Database['modules']>;
type ModuleChanges = Omit<Updateable<Database['modules']>, 'id' | 'business_id' | 'set_id' | 'kind' | 'created_at'>;

/** Makes a module; a name that is taken in its set is a duplicate (`isDuplicate`). */
export function insertModule(db: DbOrTransaction, module: Insertable<Database['modules']>): Promise<ModuleRecord> {
  return db.insertInto('modules').values(module).returningAll().executeTakeFirstOrThrow();
}

/** Those of a business that there are, by id. */
export function findModules(db: DbOrTransaction, businessId: number, ids: readonly number[]): Promise<ModuleRecord[]> {
  return db
    .selectFrom('modules')
    .selectAll()
    .where('business_id', '=', businessId)
    .where(sql<boolean>`id = any (${ids}::integer[])`)
    .orderBy('id')
    .execute();
}

/** The modules of a business by id, or only those of some of its sets. */
export function listModules(
  db: DbOrTransaction,
  businessId: number,
  { setIds }: { setIds?: readonly number[] } = {},
): Promise<ModuleRecord[]> {
  return db
    .selectFrom('modules')
    .selectAll()
    .where('business_id', '=', businessId)
    .$if(setIds !== undefined, (query) => query.where('set_id', 'in', setIds!))
    .orderBy('id')
    .execute();
}

/** A business' own modules: that of its idle hosts and that of its broken ones. */
export function findOwnModules(db: DbOrTransaction, businessId: number): Promise<ModuleRecord[]> {
  return db
    .selectFrom('modules')
    .selectAll()
    .where('business_id', '=', businessId)
    .where('kind', '<>', KINDS.ordinary)
    .orderBy('id')
    .execute();
}

/** The modules that hosts are in, each with the host, by id. */
export function listModulesWithHosts(
  db: DbOrTransaction,
  hostIds: readonly number[],
): Promise<(ModuleRecord & { host_id: number })[]> {
  return db
    .selectFrom('module_hosts')
    .innerJoin('modules', 'modules.id', 'module_hosts.module_id')
    .selectAll('modules')
    .select('host_id')
    .where(sql<boolean>`host_id = any (${hostIds}::integer[])`)
    .orderBy('modules.id')
    .execute();
}

export function updateModule(db: DbOrTransaction, id: number, changes: ModuleChanges): Promise<ModuleRecord> {
  return db
    .updateTable('modules')
    .set({ ...changes, updated_at: new Date() })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function deleteModule(db: DbOrTransaction, id: number): Promise<void> {
  await db.deleteFrom('modules').where('id', '=', id).execute();
}
