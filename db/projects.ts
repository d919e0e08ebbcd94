import type { Insertable, Updateable } from 'kysely';
import { sql } from 'kysely';
import type { ProjectRecord } from './access';
import type { DbOrTransaction } from './connection';
import type { Database } from './schema';

export interface ProjectConstant {
  key: string;
  value: string;
  description: string;
}

/** Makes a project; undefined when its business has one. */
export function insertProject(
  db: DbOrTransaction,
  project: Insertable<Database['projects']>,
): Promise<ProjectRecord | undefined> {
  return db
    .insertInto('projects')
    .values(project)
    .onConflict((on) => on.doNothing())
    .returningAll()
    .executeTakeFirst();
}

/**
 * Locks a project's row until the transaction ends, so that changes of it come one after the other. Rows that refer to it
 * may be made meanwhile.
 */
export function lockProject(db: DbOrTransaction, id: number): Promise<ProjectRecord> {
  return db.selectFrom('projects').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirstOrThrow();
}

export function updateProject(
  db: DbOrTransaction,
  id: number,
  changes: Updateable<Database['projects']>,
): Promise<ProjectRecord> {
  return db.updateTable('projects').set(changes).where('id', '=', id).returningAll().executeTakeFirstOrThrow();
}

/** The projects in which a user has a role, or all of them; without those that are disabled. */
export function listProjects(db: DbOrTransaction, { username }: { username?: string }): Promise<ProjectRecord[]> {
  return db
    .selectFrom('projects')
    .selectAll()
    .where('is_disabled', '=', false)
    .$if(username !== undefined, (query) =>
      query.where('id', 'in', (roles) =>
        roles.selectFrom('project_roles').select('project_id').where('username', '=', username!),
      ),
    )
    .orderBy('id')
    .execute();
}

/** Projects after an id, with their businesses: those in which a user has a role, or all; without those that are disabled. */
export function listProjectsWithBusiness(
  db: DbOrTransaction,
  { username, after, limit }: { username: string | undefined; after: number; limit: number },
) {
  return db
    .selectFrom('projects')
    .leftJoin('businesses', (join) => join.onRef('businesses.project_id', '=', 'projects.id'))
    .select([
      'projects.id',
      'projects.name',
      'projects.time_zone',
      'businesses.id as business_id',
      'businesses.name as business_name',
      'businesses.supplier_account',
    ])
    .where('projects.is_disabled', '=', false)
    .where('projects.id', '>', after)
    .$if(username !== undefined, (query) =>
      query.where('projects.id', 'in', (roles) =>
        roles.selectFrom('project_roles').select('project_id').where('username', '=', username!),
      ),
    )
    .orderBy('projects.id')
    .limit(limit)
    .execute();
}

/** A project's constants, by key. */
export function listProjectConstants(db: DbOrTransaction, projectId: number): Promise<ProjectConstant[]> {
  return db
    .selectFrom('project_constants')
    .select(['key', 'value', 'description'])
    .where('project_id', '=', projectId)
    .orderBy('key')
    .execute();
}

export async function upsertProjectConstant(
  db: DbOrTransaction,
  projectId: number,
  { key, value, description }: ProjectConstant,
): Promise<void> {
  await db
    .insertInto('project_constants')
    .values({ project_id: projectId, key, value, description })
    .onConflict((on) => on.columns(['project_id', 'key']).doUpdateSet({ value, description }))
    .execute();
}

/** Whether there was one. */
export async function deleteProjectConstant(db: DbOrTransaction, projectId: number, key: string): Promise<boolean> {
  const deleted = await db
    .deleteFrom('project_constants')
    .where('project_id', '=', projectId)
    .where('key', '=', key)
    .executeTakeFirst();
  return deleted.numDeletedRows === 1n;
}

/** Bytes of the keys and values of a project's constants. */
export async function sizeOfProjectConstants(db: DbOrTransaction, projectId: number): Promise<number> {
  const { bytes } = await db
    .selectFrom('project_constants')
    .select(sql<string>`coalesce(sum(octet_length(key) + octet_length(value)), 0)`.as('bytes'))
    .where('project_id', '=', projectId)
    .executeTakeFirstOrThrow();
  return Number(bytes);
}

/** The executor proxy of a template, of whatever project; empty when there is none. */
export async function findTemplateExecutorProxy(db: DbOrTransaction, templateId: number): Promise<string> {
  const template = await db
    .selectFrom('templates')
    .select('executor_proxy')
    .where('id', '=', templateId)
    .executeTakeFirst();
  return template?.executor_proxy ?? '';
}
