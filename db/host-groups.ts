import type { Insertable, Selectable, Updateable } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { Database } from './schema';

export type HostGroupRecord = Selectable<Database['host_groups']>;

/** Makes a host group; undefined when its project has one of that name. */
export function insertHostGroup(
  db: DbOrTransaction,
  group: Insertable<Database['host_groups']>,
): Promise<HostGroupRecord | undefined> {
  return db
    .insertInto('host_groups')
    .values(group)
    .onConflict((on) => on.columns(['project_id', 'name']).doNothing())
    .returningAll()
    .executeTakeFirst();
}

export function findHostGroup(
  db: DbOrTransaction,
  projectId: number,
  id: number,
): Promise<HostGroupRecord | undefined> {
  return ofProject(db, projectId).where('id', '=', id).executeTakeFirst();
}

export function findHostGroupNamed(
  db: DbOrTransaction,
  projectId: number,
  name: string,
): Promise<HostGroupRecord | undefined> {
  return ofProject(db, projectId).where('name', '=', name).executeTakeFirst();
}

/** Locks a group until the transaction ends. */
export function lockHostGroup(
  db: DbOrTransaction,
  projectId: number,
  id: number,
): Promise<HostGroupRecord | undefined> {
  return ofProject(db, projectId).where('id', '=', id).forUpdate().executeTakeFirst();
}

/** The groups of a project after an id. */
export function listHostGroups(
  db: DbOrTransaction,
  projectId: number,
  { after, limit }: { after: number; limit: number },
): Promise<HostGroupRecord[]> {
  return ofProject(db, projectId).where('id', '>', after).orderBy('id').limit(limit).execute();
}

/** Changes a group; a name that is taken is a duplicate (`isDuplicate`). */
export function updateHostGroup(
  db: DbOrTransaction,
  id: number,
  changes: Pick<Updateable<Database['host_groups']>, 'name' | 'selector'>,
): Promise<HostGroupRecord> {
  return db
    .updateTable('host_groups')
    .set({ ...changes, updated_at: new Date() })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function deleteHostGroup(db: DbOrTransaction, id: number): Promise<void> {
  await db.deleteFrom('host_groups').where('id', '=', id).execute();
}

function ofProject(db: DbOrTransaction, projectId: number) {
  return db.selectFrom('host_groups').selectAll().where('project_id', '=', projectId);
}
