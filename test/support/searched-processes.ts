import type { Insertable } from 'kysely';
import { insertBusiness } from '../../db/businesses';
import type { Db } from '../../db/connection';
import type { Database } from '../../db/schema';

type Process = Omit<Insertable<Database['processes']>, 'business_id'> & { modules?: readonly string[] };

let businesses = 5_000;

/** Makes a business with a project of its own; its id. */
export async function addBusiness(db: Db, { account = '0', name }: { account?: string; name?: string } = {}) {
  businesses += 1;
  const { id: project_id } = await db
    .insertInto('projects')
    .values({ name: `project ${businesses}`, bk_biz_id: null })
    .returning('id')
    .executeTakeFirstOrThrow();
  const business = { id: businesses, project_id, supplier_account: account, name: name ?? `business ${businesses}` };
  await insertBusiness(db, business);
  return { id: businesses, projectId: project_id };
}

/** Makes processes of a business, bound to modules by their names; their ids. */
export async function addProcesses(db: Db, businessId: number, processes: readonly Process[]): Promise<number[]> {
  const ids: number[] = [];
  for (const { modules = [], ...process } of processes) {
    const { id } = await db
      .insertInto('processes')
      .values({ ...process, business_id: businessId })
      .returning('id')
      .executeTakeFirstOrThrow();
    ids.push(id);
    for (const module_name of modules) {
      await db
        .insertInto('process_bindings')
        .values({ process_id: id, business_id: businessId, module_name })
        .execute();
    }
  }
  return ids;
}
