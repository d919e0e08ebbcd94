import { sql } from 'kysely';
import { KINDS } from './businesses';
import type { DbOrTransaction } from './connection';
import type { PlacedModule, Some } from './host-details';

/** The modules of a business whose names a process is bound to. */
export async function listModulesOfProcess(
  db: DbOrTransaction,
  { businessId, processId }: { businessId: number; processId: number },
  limit: number,
): Promise<Some<PlacedModule>> {
  const { rows } = await sql<PlacedModule & { count: string }>`
    select modules.id, modules.name, sets.id as set_id, sets.name as set_name, count(*) over () as count
      from process_bindings bound
      join modules on modules.business_id = bound.business_id and modules.name = bound.module_name
      join sets on sets.id = modules.set_id
     where bound.process_id = ${processId} and bound.business_id = ${businessId} and modules.kind = ${KINDS.ordinary}
     order by modules.id limit ${limit}`.execute(db);
  return { count: Number(rows[0]?.count ?? 0), first: rows.map(({ count: _count, ...module }) => module) };
}
