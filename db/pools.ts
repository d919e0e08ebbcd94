import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { DbOrTransaction } from './connection';
import { type PageOf, pageOf, type Rows } from './pages';
import type { Database } from './schema';

export type PoolRecord = Selectable<Database['pools']>;
/** A pool, how many hosts are in it, whether it has times of its own, and whether other pools depend on it. */
export type CountedPool = PoolRecord & { hosts: number; has_cron: boolean; is_needed: boolean };
export type PoolChanges = Omit<
  Updateable<Database['pools']>,
  'id' | 'project_id' | 'service_id' | 'created_at' | 'updated_at'
>;

/** Makes a pool; a name that is taken in its project, or a module that another pool names, is a duplicate (`isDuplicate`). */
export function insertPool(db: DbOrTransaction, pool: Insertable<Database['pools']>): Promise<PoolRecord> {
  return db.insertInto('pools').values(pool).returningAll().executeTakeFirstOrThrow();
}

export function findPool(db: DbOrTransaction, projectId: number, id: number): Promise<CountedPool | undefined> {
  return ofProject(db, projectId).where('id', '=', id).executeTakeFirst();
}

export function findPoolNamed(db: DbOrTransaction, projectId: number, name: string): Promise<CountedPool | undefined> {
  return ofProject(db, projectId).where('name', '=', name).executeTakeFirst();
}

/** Locks a pool until the transaction ends: no flow takes it, and no host comes to it, meanwhile. */
export function lockPool(db: DbOrTransaction, projectId: number, id: number): Promise<PoolRecord | undefined> {
  return db
    .selectFrom('pools')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

/** The pools that name one of the modules, by id. */
export function listPoolsOfModules(db: DbOrTransaction, moduleIds: readonly number[]): Promise<PoolRecord[]> {
  return db
    .selectFrom('pools')
    .selectAll()
    .where(sql<boolean>`module_id = any (${moduleIds}::integer[])`)
    .orderBy('id')
    .execute();
}

/** The pools of a project, the newest first; those of a service, the oldest first. With `name`, those that have it in theirs. */
export function listPools(
  db: DbOrTransaction,
  projectId: number,
  { serviceId, name, ...rows }: Rows & { serviceId?: number; name: string },
): Promise<PageOf<CountedPool>> {
  const named = ofProject(db, projectId).where(sql<boolean>`strpos(name, ${name}) > 0`);
  if (serviceId === undefined) return pageOf(named.orderBy('id', 'desc'), rows);
  return pageOf(named.where('service_id', '=', serviceId).orderBy('id'), rows);
}

export async function hasPools(db: DbOrTransaction, serviceId: number): Promise<boolean> {
  const found = await db.selectFrom('pools').select('id').where('service_id', '=', serviceId).executeTakeFirst();
  return found !== undefined;
}

/** Changes a pool; duplicates as `insertPool`. */
export function updatePool(db: DbOrTransaction, id: number, changes: PoolChanges): Promise<PoolRecord> {
  return db
    .updateTable('pools')
    .set({ ...changes, updated_at: new Date() })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function deletePool(db: DbOrTransaction, id: number): Promise<void> {
  await db.deleteFrom('pools').where('id', '=', id).execute();
}

/** A flow that is under way in a pool, or waits for it. */
export async function findFlowOfPool(
  db: DbOrTransaction,
  poolId: number,
): Promise<{ id: number; name: string } | undefined> {
  const { rows } = await sql<{ id: number; name: string }>`
    select id, name from flows
     where pool_id = ${poolId}
       and (queued_at is not null or exists (select from pool_locks where pool_locks.flow_id = flows.id))
     order by queued_at nulls first limit 1`.execute(db);
  return rows[0];
}

/** Whether a pool has times of its own. */
export const HAS_CRON = sql<boolean>`exists (
  select from pool_schedules join pool_cron_items on schedule_id = pool_schedules.id where pool_schedules.pool_id = pools.id)`;
const IS_NEEDED = sql<boolean>`exists (select from pool_depend_items where pool_depend_items.pool_id = pools.id)`;

function ofProject(db: DbOrTransaction, projectId: number) {
  return db
    .selectFrom('pools')
    .selectAll('pools')
    .select(sql<number>`(select count(*)::integer from pool_hosts where pool_id = pools.id)`.as('hosts'))
    .select(HAS_CRON.as('has_cron'))
    .select(IS_NEEDED.as('is_needed'))
    .where('project_id', '=', projectId);
}

/** How many of these a project has. */
export async function countOfProject(
  db: DbOrTransaction,
  projectId: number,
  table: 'clusters' | 'services' | 'pools',
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from ${sql.table(table)} where project_id = ${projectId}`.execute(db);
  return rows[0]!.count;
}
