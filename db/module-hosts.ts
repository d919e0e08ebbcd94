import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';

/** How many hosts are in modules of a business, by module; those without any are left out. */
export async function countHostsByModule(db: DbOrTransaction, businessId: number): Promise<Map<number, number>> {
  const rows = await db
    .selectFrom('module_hosts')
    .innerJoin('modules', 'modules.id', 'module_hosts.module_id')
    .select(['module_id', ({ fn }) => fn.countAll<string>().as('count')])
    .where('business_id', '=', businessId)
    .groupBy('module_id')
    .execute();
  return new Map(rows.map(({ module_id, count }) => [module_id, Number(count)]));
}

/** How many hosts are in any of the modules. */
export async function countHostsIn(db: DbOrTransaction, moduleIds: readonly number[]): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    select count(distinct host_id) from module_hosts where module_id = any (${moduleIds}::integer[])`.execute(db);
  return Number(rows[0]!.count);
}

/** The modules that hosts are in, by host, in order; hosts in none are left out. */
export async function listModulesOf(
  db: DbOrTransaction,
  hostIds: readonly number[],
): Promise<Map<number, readonly number[]>> {
  const { rows } = await sql<{ host_id: number; modules: number[] }>`
    select host_id, array_agg(module_id order by module_id) as modules
      from module_hosts where host_id = any (${hostIds}::integer[]) group by host_id`.execute(db);
  return new Map(rows.map(({ host_id, modules }) => [host_id, modules]));
}

/** The hosts of a module, by id. */
export async function listModuleHostIds(db: DbOrTransaction, moduleId: number): Promise<number[]> {
  const rows = await db
    .selectFrom('module_hosts')
    .select('host_id')
    .where('module_id', '=', moduleId)
    .orderBy('host_id')
    .execute();
  return rows.map(({ host_id }) => host_id);
}

/** Takes hosts from modules: from all, or from some alone. */
export async function removeFromModules(
  db: DbOrTransaction,
  hostIds: readonly number[],
  { except = [], only }: { except?: readonly number[]; only?: readonly number[] } = {},
): Promise<void> {
  await db
    .deleteFrom('module_hosts')
    .where(sql<boolean>`host_id = any (${hostIds}::integer[])`)
    .where(sql<boolean>`module_id <> all (${except}::integer[])`)
    .$if(only !== undefined, (query) => query.where(sql<boolean>`module_id = any (${only}::integer[])`))
    .execute();
}

/** Puts every host into every module. */
export async function addToModules(
  db: DbOrTransaction,
  hostIds: readonly number[],
  moduleIds: readonly number[],
): Promise<void> {
  await sql`
    insert into module_hosts (module_id, host_id)
    select module_id, host_id from unnest(${moduleIds}::integer[]) module_id, unnest(${hostIds}::integer[]) host_id
        on conflict do nothing`.execute(db);
}
