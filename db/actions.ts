import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { DbOrTransaction } from './connection';
import { type PageOf, pageOf, type Rows } from './pages';
import type { Database } from './schema';

export type ActionRecord = Selectable<Database['actions']>;
export type ActionChanges = Omit<Updateable<Database['actions']>, 'id' | 'project_id' | 'created_at'>;
export type ImplementationRecord = Selectable<Database['action_implementations']>;
export type ImplementationChanges = Omit<
  Updateable<Database['action_implementations']>,
  'id' | 'action_id' | 'created_at'
>;

/** Makes an action; a name that is taken in its project is a duplicate (`isDuplicate`). */
export function insertAction(db: DbOrTransaction, action: Insertable<Database['actions']>): Promise<ActionRecord> {
  return db.insertInto('actions').values(action).returningAll().executeTakeFirstOrThrow();
}

export function findAction(db: DbOrTransaction, projectId: number, id: number): Promise<ActionRecord | undefined> {
  return ofProject(db, projectId).where('id', '=', id).executeTakeFirst();
}

/** An action that nobody else changes, deletes or puts into a step until the transaction ends. */
export function lockAction(db: DbOrTransaction, projectId: number, id: number): Promise<ActionRecord | undefined> {
  return ofProject(db, projectId).where('id', '=', id).forUpdate().executeTakeFirst();
}

/** Those of the names that there are; they stay as they are until the transaction ends. */
export function keepActionsNamed(
  db: DbOrTransaction,
  projectId: number,
  names: readonly string[],
): Promise<ActionRecord[]> {
  const named = ofProject(db, projectId).where(sql<boolean>`name = any (${names}::text[])`);
  return named.orderBy('id').forShare().execute();
}

/** A page of a project's actions, the newest first; with `name`, those that have it in theirs. */
export function listActions(
  db: DbOrTransaction,
  projectId: number,
  { name, ...rows }: Rows & { name: string },
): Promise<PageOf<ActionRecord>> {
  const named = ofProject(db, projectId).where(sql<boolean>`strpos(name, ${name}) > 0`);
  return pageOf(named.orderBy('id', 'desc'), rows);
}

export function updateAction(db: DbOrTransaction, id: number, changes: ActionChanges): Promise<ActionRecord> {
  return db
    .updateTable('actions')
    .set({ ...changes, updated_at: new Date() })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Deletes an action with its implementations. */
export async function deleteAction(db: DbOrTransaction, id: number): Promise<void> {
  await db.deleteFrom('actions').where('id', '=', id).execute();
}

/** A remote step that an action is in, the first of them. */
export function findStepOfAction(
  db: DbOrTransaction,
  actionId: number,
): Promise<{ id: number; name: string } | undefined> {
  return db
    .selectFrom('remote_step_actions')
    .innerJoin('remote_steps', 'remote_steps.id', 'remote_step_id')
    .select(['remote_steps.id', 'remote_steps.name'])
    .where('action_id', '=', actionId)
    .orderBy('remote_steps.id')
    .limit(1)
    .executeTakeFirst();
}

/** Makes an implementation; a second one of its type for its action is a duplicate. */
export function insertImplementation(
  db: DbOrTransaction,
  implementation: Insertable<Database['action_implementations']>,
): Promise<ImplementationRecord> {
  return db.insertInto('action_implementations').values(implementation).returningAll().executeTakeFirstOrThrow();
}

/** The implementations of actions. */
export function listImplementationsOf(
  db: DbOrTransaction,
  actionIds: readonly number[],
): Promise<ImplementationRecord[]> {
  return db
    .selectFrom('action_implementations')
    .selectAll()
    .where(sql<boolean>`action_id = any (${actionIds}::integer[])`)
    .orderBy('id')
    .execute();
}

/** A page of the implementations of a project's actions, the oldest first. */
export function listImplementations(
  db: DbOrTransaction,
  projectId: number,
  rows: Rows,
): Promise<PageOf<ImplementationRecord>> {
  const all = db
    .selectFrom('action_implementations')
    .innerJoin('actions', 'actions.id', 'action_id')
    .selectAll('action_implementations')
    .where('project_id', '=', projectId);
  return pageOf(all.orderBy('action_implementations.id'), rows);
}

export function updateImplementation(
  db: DbOrTransaction,
  id: number,
  changes: ImplementationChanges,
): Promise<ImplementationRecord> {
  return db
    .updateTable('action_implementations')
    .set({ ...changes, updated_at: new Date() })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function deleteImplementationsOf(db: DbOrTransaction, actionId: number): Promise<void> {
  await db.deleteFrom('action_implementations').where('action_id', '=', actionId).execute();
}

function ofProject(db: DbOrTransaction, projectId: number) {
  return db.selectFrom('actions').selectAll().where('project_id', '=', projectId);
}
