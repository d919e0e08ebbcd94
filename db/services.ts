import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { DbOrTransaction } from './connection';
import { type PageOf, pageOf, type Rows } from './pages';
import type { Database } from './schema';

export type ServiceRecord = Selectable<Database['services']>;
type ServiceChanges = Omit<Updateable<Database['services']>, 'id' | 'project_id' | 'created_at' | 'updated_at'>;

/** Makes a service; a name that is taken in its project is a duplicate (`isDuplicate`). */
export function insertService(db: DbOrTransaction, service: Insertable<Database['services']>): Promise<ServiceRecord> {
  return db.insertInto('services').values(service).returningAll().executeTakeFirstOrThrow();
}

export function findService(db: DbOrTransaction, projectId: number, id: number): Promise<ServiceRecord | undefined> {
  return ofProject(db, projectId).where('id', '=', id).executeTakeFirst();
}

/** Locks a service until the transaction ends: no pool comes to it meanwhile. */
export function lockService(db: DbOrTransaction, projectId: number, id: number): Promise<ServiceRecord | undefined> {
  return ofProject(db, projectId).where('id', '=', id).forUpdate().executeTakeFirst();
}

/** Keeps a service from being deleted until the transaction ends; whether there is one. */
export async function keepService(db: DbOrTransaction, projectId: number, id: number): Promise<boolean> {
  return (await ofProject(db, projectId).where('id', '=', id).forKeyShare().executeTakeFirst()) !== undefined;
}

/** The services of a cluster, the oldest first; with `name`, those that have it in theirs. */
export function listServices(
  db: DbOrTransaction,
  projectId: number,
  { clusterId, name, ...rows }: Rows & { clusterId: number; name: string },
): Promise<PageOf<ServiceRecord>> {
  const named = ofProject(db, projectId)
    .where('cluster_id', '=', clusterId)
    .where(sql<boolean>`strpos(name, ${name}) > 0`);
  return pageOf(named.orderBy('id'), rows);
}

export async function hasServices(db: DbOrTransaction, clusterId: number): Promise<boolean> {
  const found = await db.selectFrom('services').select('id').where('cluster_id', '=', clusterId).executeTakeFirst();
  return found !== undefined;
}

/** Changes a service; a name that is taken is a duplicate (`isDuplicate`). */
export function updateService(db: DbOrTransaction, id: number, changes: ServiceChanges): Promise<ServiceRecord> {
  return db
    .updateTable('services')
    .set({ ...changes, updated_at: new Date() })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function deleteService(db: DbOrTransaction, id: number): Promise<void> {
  await db.deleteFrom('services').where('id', '=', id).execute();
}

function ofProject(db: DbOrTransaction, projectId: number) {
  return db.selectFrom('services').selectAll().where('project_id', '=', projectId);
}
