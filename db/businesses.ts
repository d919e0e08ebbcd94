import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import { ensureDefaultCloud } from './clouds';
import type { DbOrTransaction } from './connection';
import { takeLock } from './locks';
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
    .onConflict((on) => on.columns(['supplier_account', 'name']).doNothing())
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
 * has its id behind it. Call it in a transaction.
 *
 * @param id null: a new one
 */
export async function insertProjectBusiness(
  db: DbOrTransaction,
  { projectId, id, name }: { projectId: number; id: number | null; name: string },
): Promise<void> {
  await lockBusinessIds(db);
  const business = { id: id ?? (await nextBusinessId(db)), project_id: projectId, supplier_account: DEFAULT_ACCOUNT };
  if (await insertBusiness(db, { ...business, name })) return;
  if (await insertBusiness(db, { ...business, name: `${name} (${business.id})` })) return;
  for (let n = 2; !(await insertBusiness(db, { ...business, name: `${name} (${business.id}, ${n})` })); ) n += 1;
}

/** An id for a new business, free of those that were given by hand; behind `lockBusinessIds`. */
export async function nextBusinessId(db: DbOrTransaction): Promise<number> {
  for (;;) {
    const { rows } = await sql<{ id: string }>`select nextval('businesses_id_seq') as id`.execute(db);
    const id = Number(rows[0]!.id);
    const taken = await db.selectFrom('businesses').select('id').where('id', '=', id).executeTakeFirst();
    if (!taken) return id;
  }
}

/** Whether an account has a business of this name. */
export async function hasBusinessNamed(db: DbOrTransaction, account: string, name: string): Promise<boolean> {
  const found = await db
    .selectFrom('businesses')
    .select('id')
    .where('supplier_account', '=', account)
    .where('name', '=', name)
    .executeTakeFirst();
  return found !== undefined;
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
  return db.selectFrom('businesses').selectAll().where('project_id', '=', projectId).executeTakeFirst();
}

/**
 * Locks a business' row until the transaction ends, so that changes of its topology come one after the other; undefined
 * when there is none.
 */
export function lockBusiness(db: DbOrTransaction, id: number): Promise<BusinessRecord | undefined> {
  return db.selectFrom('businesses').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
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

/** Sees to it that a business stays, under its id, until the transaction ends; false when there is none. */
export async function keepBusiness(
  db: DbOrTransaction,
  { id, projectId }: { id: number; projectId: number },
): Promise<boolean> {
  const found = await db
    .selectFrom('businesses')
    .select('id')
    .where('id', '=', id)
    .where('project_id', '=', projectId)
    .forKeyShare()
    .executeTakeFirst();
  return found !== undefined;
}

/** Deletes a business that has no hosts, with its processes and what they are bound to, its sets and modules. */
export async function deleteBusiness(db: DbOrTransaction, id: number): Promise<void> {
  await db.deleteFrom('process_bindings').where('business_id', '=', id).execute();
  await db.deleteFrom('businesses').where('id', '=', id).execute();
}

/** One at a time gives ids to businesses until the transaction ends: an id that was free stays so. */
export async function lockBusinessIds(db: DbOrTransaction): Promise<void> {
  await takeLock(db, 'business ids');
}

/** The business of an account that a text means: by its id, else by its name. */
export async function findBusinessNamed(
  db: DbOrTransaction,
  account: string,
  text: string,
): Promise<BusinessRecord | undefined> {
  const { rows } = await sql<BusinessRecord>`
    select * from businesses
     where supplier_account = ${account} and (id::text = ${text} or name = ${text})
     order by id::text = ${text} desc limit 1`.execute(db);
  return rows[0];
}
