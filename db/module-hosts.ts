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
