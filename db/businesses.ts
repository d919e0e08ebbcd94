import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import { ensureDefaultCloud } from './clouds';
import type { DbOrTransaction } from './connection';
import type { Database } from './schema';

/** The account of whoever has only one. */
export const DEFAULT_ACCOUNT = '0';

/** What sets and modules are for. */
export const KINDS = { ordinary: 0, idle: 1, fault: 2 } as const;

export type BusinessRecord = Selectable<Database['businesses']>;

/** The names of a business' own set and modules: those that CMDB's clients look for. */
const IDLE_SET = '空闲机池';
const OWN_MODULES = { 空闲机: KINDS.idle, 故障机: KINDS.fault };

/**
 * Makes a project's business with its idle set, and the account's default cloud where there is none. Call it in a
 * transaction.
 *
 * @returns undefined when the account has a business of that name; an id that is taken is a duplicate (`isDuplicate`)
 */
export async function insertBusiness(
  db: DbOrTransaction,
  business: Insertable<Database['businesses']>,
): Promise<BusinessRecord | undefined> {
  const made = await db
    .insertInto('businesses')
    .values(business)
    .onConflict((on) => on.columns(['supplier_account', 'name']).where('is_deleted', '=', false).doNothing())
    .returningAll()
    .executeTakeFirst();
  if (!made) return undefined;
  const set = await db
    .insertInto('sets')
    .values({ business_id: made.id, name: IDLE_SET, kind: KINDS.idle })
    .returning('id')
    .executeTakeFirstOrThrow();
  const place = { business_id: made.id, set_id: set.id };
  const modules = Object.entries(OWN_MODULES).map(([name, kind]) => ({ ...place, name, kind }));
  await db.insertInto('modules').values(modules).execute();
  await ensureDefaultCloud(db, made.supplier_account);
  return made;
}

/**
 * Makes the business of a project in the default account. Projects may share a name, businesses may not: the second one
 * has its id behind it.
 *
 * @param id null: a new one
 */
export async function insertProjectBusiness(
  db: DbOrTransaction,
  { projectId, id, name }: { projectId: number; id: number | null; name: string },
): Promise<void> {
  const business = { id: id ?? (await nextBusinessId(db)), project_id: projectId, supplier_account: DEFAULT_ACCOUNT };
  if (await insertBusiness(db, { ...business, name })) return;
  await insertBusiness(db, { ...business, name: `${name} (${business.id})` });
}

/** An id for a new business, free of those that were given by hand. */
export async function nextBusinessId(db: DbOrTransaction): Promise<number> {
  for (;;) {
    const { rows } = await sql<{ id: string }>`select nextval('businesses_id_seq') as id`.execute(db);
    const id = Number(rows[0]!.id);
    const taken = await db.selectFrom('businesses').select('id').where('id', '=', id).executeTakeFirst();
    if (!taken) return id;
  }
}

/** A business that there is, in its account; undefined also for one that was deleted. */
export function findBusiness(db: DbOrTransaction, account: string, id: number): Promise<BusinessRecord | undefined> {
  return db
    .selectFrom('businesses')
    .selectAll()
    .where('id', '=', id)
    .where('supplier_account', '=', account)
    .where('is_deleted', '=', false)
    .executeTakeFirst();
}

/** Those of the ids that there are, with the zones of their projects. */
export function listBusinessesById(
  db: DbOrTransaction,
  ids: readonly number[],
): Promise<(BusinessRecord & { time_zone: string })[]> {
  return db
    .selectFrom('businesses')
    .innerJoin('projects', 'projects.id', 'businesses.project_id')
    .selectAll('businesses')
    .select('time_zone')
    .where(sql<boolean>`businesses.id = any (${ids}::integer[])`)
    .execute();
}

/** The business of a project; undefined when it was deleted. */
export function findProjectBusiness(db: DbOrTransaction, projectId: number): Promise<BusinessRecord | undefined> {
  return db
    .selectFrom('businesses')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('is_deleted', '=', false)
    .executeTakeFirst();
}

/**
 * Locks a business' row until the transaction ends, so that changes of its topology come one after the other; undefined
 * when there is none, or it was deleted.
 */
export function lockBusiness(db: DbOrTransaction, id: number): Promise<BusinessRecord | undefined> {
  return db
    .selectFrom('businesses')
    .selectAll()
    .where('id', '=', id)
    .where('is_deleted', '=', false)
    .forUpdate()
    .executeTakeFirst();
}

/** Its id may change too: what is in it comes along. */
export function updateBusiness(
  db: DbOrTransaction,
  id: number,
  changes: Updateable<Database['businesses']>,
): Promise<BusinessRecord> {
  return db
    .updateTable('businesses')
    .set({ ...changes, updated_at: new Date() })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Deletes all that is in a business but its hosts: processes with what they are bound to, sets with their modules. */
export async function emptyBusiness(db: DbOrTransaction, id: number): Promise<void> {
  // Who binds a process waits for this, and finds it gone.
  await db.selectFrom('processes').select('id').where('business_id', '=', id).orderBy('id').forUpdate().execute();
  await db.deleteFrom('process_bindings').where('business_id', '=', id).execute();
  await db.deleteFrom('processes').where('business_id', '=', id).execute();
  await db.deleteFrom('sets').where('business_id', '=', id).execute();
}
