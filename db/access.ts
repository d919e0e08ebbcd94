import type { Selectable } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { Database } from './schema';

export type ProjectRecord = Selectable<Database['projects']>;

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

export async function findSecretHash(db: DbOrTransaction, appCode: string): Promise<string | undefined> {
  const app = await db.selectFrom('apps').select('secret_hash').where('code', '=', appCode).executeTakeFirst();
  return app?.secret_hash;
}

export async function isKnownUser(db: DbOrTransaction, name: string): Promise<boolean> {
  const user = await db.selectFrom('users').select('name').where('name', '=', name).executeTakeFirst();
  return user !== undefined;
}
