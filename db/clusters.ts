import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { DbOrTransaction } from './connection';
import { type PageOf, pageOf, type Rows } from './pages';
import type { Database } from './schema';

export type ClusterRecord = Selectable<Database['clusters']>;
type ClusterChanges = Pick<Updateable<Database['clusters']>, 'name' | 'description' | 'biz'>;

/** Makes a cluster; a name that is taken in its project is a duplicate (`isDuplicate`). */
export function insertCluster(db: DbOrTransaction, cluster: Insertable<Database['clusters']>): Promise<ClusterRecord> {
  return db.insertInto('clusters').values(cluster).returningAll().executeTakeFirstOrThrow();
}

export function findCluster(db: DbOrTransaction, projectId: number, id: number): Promise<ClusterRecord | undefined> {
  return ofProject(db, projectId).where('id', '=', id).executeTakeFirst();
}

/** Locks a cluster until the transaction ends: no service comes to it meanwhile. */
export function lockCluster(db: DbOrTransaction, projectId: number, id: number): Promise<ClusterRecord | undefined> {
  return ofProject(db, projectId).where('id', '=', id).forUpdate().executeTakeFirst();
}

/** Keeps a cluster from being deleted until the transaction ends; whether there is one. */
export async function keepCluster(db: DbOrTransaction, projectId: number, id: number): Promise<boolean> {
  return (await ofProject(db, projectId).where('id', '=', id).forKeyShare().executeTakeFirst()) !== undefined;
}

/** The clusters of a project, the newest first; with `name`, those that have it in theirs. */
export function listClusters(
  db: DbOrTransaction,
  projectId: number,
  { name, ...rows }: Rows & { name: string },
): Promise<PageOf<ClusterRecord>> {
  const named = ofProject(db, projectId).where(sql<boolean>`strpos(name, ${name}) > 0`);
  return pageOf(named.orderBy('id', 'desc'), rows);
}

/** Changes a cluster; a name that is taken is a duplicate (`isDuplicate`). */
export function updateCluster(db: DbOrTransaction, id: number, changes: ClusterChanges): Promise<ClusterRecord> {
  return db
    .updateTable('clusters')
    .set({ ...changes, updated_at: new Date() })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function deleteCluster(db: DbOrTransaction, id: number): Promise<void> {
  await db.deleteFrom('clusters').where('id', '=', id).execute();
}

function ofProject(db: DbOrTransaction, projectId: number) {
  return db.selectFrom('clusters').selectAll().where('project_id', '=', projectId);
}
