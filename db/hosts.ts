import type { Selectable } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { Database } from './schema';

export type HostRecord = Selectable<Database['hosts']>;

/** How many hosts a project has. */
export async function countHosts(db: DbOrTransaction, projectId: number): Promise<number> {
  const { count } = await db
    .selectFrom('hosts')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('project_id', '=', projectId)
    .executeTakeFirstOrThrow();
  return Number(count);
}
