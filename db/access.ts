import type { Selectable } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { Database, Role } from './schema';

export type ProjectRecord = Selectable<Database['projects']>;
export type AppRecord = Selectable<Database['apps']>;

/** The random word that keeps several installations apart on one Temporal server; made with the database. */
export async function installationName(db: DbOrTransaction): Promise<string> {
  const { name } = await db.selectFrom('installation').select('name').executeTakeFirstOrThrow();
  return name;
}

export function findProject(db: DbOrTransaction, id: number): Promise<ProjectRecord | undefined> {
  return db.selectFrom('projects').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The project of a CMDB business. */
export function findBusinessProject(db: DbOrTransaction, bizId: number): Promise<ProjectRecord | undefined> {
  return db
    .selectFrom('projects')
    .selectAll()
    .where('bk_biz_id', '=', bizId)
    .where('from_cmdb', '=', true)
    .executeTakeFirst();
}

export function findApp(db: DbOrTransaction, code: string): Promise<AppRecord | undefined> {
  return db.selectFrom('apps').selectAll().where('code', '=', code).executeTakeFirst();
}

/** The role of a user in a project; undefined when there is none. */
export async function findRole(db: DbOrTransaction, projectId: number, username: string): Promise<Role | undefined> {
  const row = await db
    .selectFrom('project_roles')
    .select('role')
    .where('project_id', '=', projectId)
    .where('username', '=', username)
    .executeTakeFirst();
  return row?.role;
}

export async function isKnownUser(db: DbOrTransaction, name: string): Promise<boolean> {
  const user = await db.selectFrom('users').select('name').where('name', '=', name).executeTakeFirst();
  return user !== undefined;
}
