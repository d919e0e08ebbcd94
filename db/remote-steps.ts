import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { DbOrTransaction } from './connection';
import { type PageOf, pageOf, type Rows } from './pages';
import type { Database } from './schema';

export type RemoteStepRecord = Selectable<Database['remote_steps']>;
export type RemoteStepChanges = Omit<Updateable<Database['remote_steps']>, 'id' | 'project_id' | 'created_at'>;

/** An action at its place in a step. */
export interface ActionOfStep {
  remote_step_id: number;
  name: string;
  parameters: Record<string, string>;
}

/** The same with its script; null: it has no implementation. */
export interface ScriptOfStep extends ActionOfStep {
  interpreter: string | null;
  script: string | null;
}

/** Makes a step without actions; a name that is taken in its project is a duplicate (`isDuplicate`). */
export function insertRemoteStep(
  db: DbOrTransaction,
  step: Insertable<Database['remote_steps']>,
): Promise<RemoteStepRecord> {
  return db.insertInto('remote_steps').values(step).returningAll().executeTakeFirstOrThrow();
}

export function findRemoteStep(
  db: DbOrTransaction,
  projectId: number,
  id: number,
): Promise<RemoteStepRecord | undefined> {
  return ofProject(db, projectId).where('id', '=', id).executeTakeFirst();
}

/** A step that nobody else changes, deletes or puts into a template until the transaction ends. */
export function lockRemoteStep(
  db: DbOrTransaction,
  projectId: number,
  id: number,
): Promise<RemoteStepRecord | undefined> {
  return ofProject(db, projectId).where('id', '=', id).forUpdate().executeTakeFirst();
}

/** Those of the names that there are; they stay as they are until the transaction ends. */
export function keepRemoteStepsNamed(
  db: DbOrTransaction,
  projectId: number,
  names: readonly string[],
): Promise<RemoteStepRecord[]> {
  const named = ofProject(db, projectId).where(sql<boolean>`name = any (${names}::text[])`);
  return named.orderBy('id').forShare().execute();
}

/** Those of the ids that there are. */
export function listRemoteStepsById(db: DbOrTransaction, ids: readonly number[]): Promise<RemoteStepRecord[]> {
  return db
    .selectFrom('remote_steps')
    .selectAll()
    .where(sql<boolean>`id = any (${ids}::integer[])`)
    .orderBy('id')
    .execute();
}

/** A page of a project's steps, the newest first; with `name`, those that have it in theirs. */
export function listRemoteSteps(
  db: DbOrTransaction,
  projectId: number,
  { name, ...rows }: Rows & { name: string },
): Promise<PageOf<RemoteStepRecord>> {
  const named = ofProject(db, projectId).where(sql<boolean>`strpos(name, ${name}) > 0`);
  return pageOf(named.orderBy('id', 'desc'), rows);
}

/** The actions of steps, each step's in order. */
export function listActionsOfSteps(db: DbOrTransaction, stepIds: readonly number[]): Promise<ActionOfStep[]> {
  return db
    .selectFrom('remote_step_actions')
    .innerJoin('actions', 'actions.id', 'action_id')
    .select(['remote_step_id', 'actions.name', 'actions.parameters'])
    .where(sql<boolean>`remote_step_id = any (${stepIds}::integer[])`)
    .orderBy('remote_step_id')
    .orderBy('place')
    .execute();
}

/** The same with what they do; of one statement, so that scripts and the types of their parameters are of one moment. */
export function listScriptsOfSteps(db: DbOrTransaction, stepIds: readonly number[]): Promise<ScriptOfStep[]> {
  return db
    .selectFrom('remote_step_actions')
    .innerJoin('actions', 'actions.id', 'remote_step_actions.action_id')
    .leftJoin('action_implementations', 'action_implementations.action_id', 'actions.id')
    .select(['remote_step_id', 'actions.name', 'actions.parameters', 'interpreter', 'script'])
    .where(sql<boolean>`remote_step_id = any (${stepIds}::integer[])`)
    .orderBy('remote_step_id')
    .orderBy('place')
    .execute();
}

/** Puts actions in the place of those that a step has. */
export async function replaceActionsOfStep(
  db: DbOrTransaction,
  stepId: number,
  actionIds: readonly number[],
): Promise<void> {
  await db.deleteFrom('remote_step_actions').where('remote_step_id', '=', stepId).execute();
  if (actionIds.length === 0) return;
  const rows = actionIds.map((actionId, place) => ({ remote_step_id: stepId, place, action_id: actionId }));
  await db.insertInto('remote_step_actions').values(rows).execute();
}

/** Changes a step; templates that have it say its new name. */
export async function updateRemoteStep(
  db: DbOrTransaction,
  id: number,
  changes: RemoteStepChanges,
): Promise<RemoteStepRecord> {
  const step = await db
    .updateTable('remote_steps')
    .set({ ...changes, updated_at: new Date() })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await db
    .updateTable('rollout_template_steps')
    .set({ name: step.name })
    .where('remote_step_id', '=', id)
    .where('name', '!=', step.name)
    .execute();
  return step;
}

export async function deleteRemoteStep(db: DbOrTransaction, id: number): Promise<void> {
  await db.deleteFrom('remote_steps').where('id', '=', id).execute();
}

/** A template that a step is in, the first of them. */
export function findTemplateOfStep(
  db: DbOrTransaction,
  stepId: number,
): Promise<{ id: number; name: string } | undefined> {
  return db
    .selectFrom('rollout_template_steps')
    .innerJoin('rollout_templates', 'rollout_templates.id', 'template_id')
    .select(['rollout_templates.id', 'rollout_templates.name'])
    .where('remote_step_id', '=', stepId)
    .orderBy('rollout_templates.id')
    .limit(1)
    .executeTakeFirst();
}

function ofProject(db: DbOrTransaction, projectId: number) {
  return db.selectFrom('remote_steps').selectAll().where('project_id', '=', projectId);
}
