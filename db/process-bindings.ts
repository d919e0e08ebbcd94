import { sql } from 'kysely';
import { KINDS } from './businesses';
import type { DbOrTransaction } from './connection';

/** A process of a business, and the name of modules that it is bound to. */
export interface Binding {
  businessId: number;
  processId: number;
  moduleName: string;
}

/** The names of the modules that a process is bound to. */
export async function listBoundNames(
  db: DbOrTransaction,
  { businessId, processId }: Pick<Binding, 'businessId' | 'processId'>,
): Promise<string[]> {
  const rows = await db
    .selectFrom('process_bindings')
    .select('module_name')
    .where('business_id', '=', businessId)
    .where('process_id', '=', processId)
    .orderBy('module_name')
    .execute();
  return rows.map(({ module_name }) => module_name);
}

/** Whether it was not bound before. */
export async function insertBinding(
  db: DbOrTransaction,
  { businessId, processId, moduleName }: Binding,
): Promise<boolean> {
  const made = await db
    .insertInto('process_bindings')
    .values({ business_id: businessId, process_id: processId, module_name: moduleName })
    .onConflict((on) => on.doNothing())
    .executeTakeFirst();
  return made.numInsertedOrUpdatedRows === 1n;
}

/** Whether it was bound. */
export async function deleteBinding(
  db: DbOrTransaction,
  { businessId, processId, moduleName }: Binding,
): Promise<boolean> {
  const deleted = await db
    .deleteFrom('process_bindings')
    .where('business_id', '=', businessId)
    .where('process_id', '=', processId)
    .where('module_name', '=', moduleName)
    .executeTakeFirst();
  return deleted.numDeletedRows === 1n;
}

/** A name that modules of a business share. */
export interface ModuleName {
  name: string;
  /** In so many sets is a module of the name. */
  setCount: number;
}

/** The names of a business' modules, but for its own idle ones, in order. */
export async function listModuleNames(db: DbOrTransaction, businessId: number): Promise<ModuleName[]> {
  const rows = await db
    .selectFrom('modules')
    .select(['name', sql<string>`count(distinct set_id)`.as('sets')])
    .where('business_id', '=', businessId)
    .where('kind', '=', KINDS.ordinary)
    .groupBy('name')
    .orderBy('name')
    .execute();
  return rows.map(({ name, sets }) => ({ name, setCount: Number(sets) }));
}

/** Whether a business has a module of this name that processes may be bound to; it stays until the transaction ends. */
export async function lockModuleName(db: DbOrTransaction, businessId: number, name: string): Promise<boolean> {
  const found = await db
    .selectFrom('modules')
    .select('id')
    .where('business_id', '=', businessId)
    .where('kind', '=', KINDS.ordinary)
    .where('name', '=', name)
    .limit(1)
    .forShare()
    .executeTakeFirst();
  return found !== undefined;
}
