import type { Insertable, Selectable } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { Database, Role } from './schema';

export type ProjectRecord = Selectable<Database['projects']>;
export type AppRecord = Omit<Selectable<Database['apps']>, 'created_at'>;

/** The random word that keeps several installations apart on one Temporal server; made with the database. */
export async function installationName(db: DbOrTransaction): Promise<string> {
  const { name } = await db.selectFrom('installation').select('name').executeTakeFirstOrThrow();
  return name;
}

/** The secret that signs the tokens of users, made with the database. */
export async function installationTokenKey(db: DbOrTransaction): Promise<string> {
  const row = await db.selectFrom('installation').select('token_key').executeTakeFirstOrThrow();
  return row.token_key;
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

/** Makes a user; whether there was none of that name. */
export async function insertUser(db: DbOrTransaction, name: string): Promise<boolean> {
  const made = await db
    .insertInto('users')
    .values({ name })
    .onConflict((on) => on.doNothing())
    .executeTakeFirst();
  return made.numInsertedOrUpdatedRows === 1n;
}

/** Makes an app, or changes the one of that code; limits that are not named stay. */
export async function upsertApp(db: DbOrTransaction, app: Insertable<Database['apps']>): Promise<void> {
  const { code: _code, ...changes } = app;
  await db
    .insertInto('apps')
    .values(app)
    .onConflict((on) => on.column('code').doUpdateSet(changes))
    .execute();
}

/** Gives a user a role in a project, or takes it; the role that was there. Call it in a transaction. */
export async function setRole(
  db: DbOrTransaction,
  projectId: number,
  username: string,
  role: Role | null,
): Promise<Role | null> {
  const before = (await findRole(db, projectId, username)) ?? null;
  if (role === null) {
    await db.deleteFrom('project_roles').where('project_id', '=', projectId).where('username', '=', username).execute();
    return before;
  }
  await db
    .insertInto('project_roles')
    .values({ project_id: projectId, username, role })
    .onConflict((on) => on.columns(['project_id', 'username']).doUpdateSet({ role }))
    .execute();
  return before;
}

/** Who has which role in a project, by name. */
export function listRoles(db: DbOrTransaction, projectId: number): Promise<{ username: string; role: Role }[]> {
  return db
    .selectFrom('project_roles')
    .select(['username', 'role'])
    .where('project_id', '=', projectId)
    .orderBy('username')
    .execute();
}

/** Whether the app by which a task was started is trusted now: then it answers for what the task's executor may do. */
export async function isStartedByTrustedApp(db: DbOrTransaction, taskId: number): Promise<boolean> {
  const row = await db
    .selectFrom('audit_records')
    .innerJoin('apps', 'apps.code', 'audit_records.app_code')
    .select('apps.trusted')
    .where('audit_records.task_id', '=', taskId)
    .where('audit_records.action', '=', 'start')
    .orderBy('audit_records.id', 'desc')
    .executeTakeFirst();
  return row?.trusted ?? false;
}

/**
 * Who has said since its start what a node of a task is to do, by its inputs or by the task's constants, unless somebody has
 * said otherwise later.
 */
export async function listChangers(
  db: DbOrTransaction,
  { taskId, nodeId }: { taskId: number; nodeId: string },
): Promise<{ username: string; isTrusted: boolean }[]> {
  const rows = await db
    .selectFrom('audit_records')
    .leftJoin('apps', 'apps.code', 'audit_records.app_code')
    .select(['username', 'trusted', 'detail'])
    .where('task_id', '=', taskId)
    .where(({ or, and, eb }) =>
      or([eb('action', '=', 'set_constants'), and([eb('action', '=', 'retry'), eb('node_id', '=', nodeId)])]),
    )
    .orderBy('audit_records.id', 'desc')
    .execute();
  const changers = new Map<string, { username: string; isTrusted: boolean }>();
  const said = new Set<string>();
  for (const { username, trusted, detail } of rows) {
    const own = namesOf(detail).filter((name) => !said.has(name));
    for (const name of own) said.add(name);
    const isTrusted = trusted ?? false;
    if (own.length > 0) changers.set(`${isTrusted} ${username}`, { username, isTrusted });
  }
  return [...changers.values()];
}

function namesOf(detail: unknown): string[] {
  return Object.entries((detail ?? {}) as Record<string, string[]>).flatMap(([kind, names]) =>
    names.map((name) => `${kind} ${name}`),
  );
}
