import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { DbOrTransaction } from './connection';
import { type PageOf, pageOf, type Rows } from './pages';
import type { Database } from './schema';

export type RolloutTemplateRecord = Selectable<Database['rollout_templates']>;
export type RolloutTemplateChanges = Omit<
  Updateable<Database['rollout_templates']>,
  'id' | 'project_id' | 'created_at'
>;
export type TemplateStepRecord = Selectable<Database['rollout_template_steps']>;
export type NewTemplateStep = Omit<Insertable<Database['rollout_template_steps']>, 'template_id' | 'place'>;

/** Makes a template without steps; a name that is taken in its project is a duplicate (`isDuplicate`). */
export function insertRolloutTemplate(
  db: DbOrTransaction,
  template: Insertable<Database['rollout_templates']>,
): Promise<RolloutTemplateRecord> {
  return db.insertInto('rollout_templates').values(template).returningAll().executeTakeFirstOrThrow();
}

export function findRolloutTemplate(
  db: DbOrTransaction,
  projectId: number,
  id: number,
): Promise<RolloutTemplateRecord | undefined> {
  return ofProject(db, projectId).where('id', '=', id).executeTakeFirst();
}

/** A template that nobody else changes, deletes or makes a flow of until the transaction ends. */
export function lockRolloutTemplate(
  db: DbOrTransaction,
  projectId: number,
  id: number,
): Promise<RolloutTemplateRecord | undefined> {
  return ofProject(db, projectId).where('id', '=', id).forUpdate().executeTakeFirst();
}

/** A page of a project's templates, the newest first; with `name`, those that have it in theirs. */
export function listRolloutTemplates(
  db: DbOrTransaction,
  projectId: number,
  { name, ...rows }: Rows & { name: string },
): Promise<PageOf<RolloutTemplateRecord>> {
  const named = ofProject(db, projectId).where(sql<boolean>`strpos(name, ${name}) > 0`);
  return pageOf(named.orderBy('id', 'desc'), rows);
}

/** The steps of templates, each template's in order. */
export function listStepsOfTemplates(
  db: DbOrTransaction,
  templateIds: readonly number[],
): Promise<TemplateStepRecord[]> {
  return db
    .selectFrom('rollout_template_steps')
    .selectAll()
    .where(sql<boolean>`template_id = any (${templateIds}::integer[])`)
    .orderBy('template_id')
    .orderBy('place')
    .execute();
}

/** Puts steps in the place of those that a template has. */
export async function replaceStepsOfTemplate(
  db: DbOrTransaction,
  templateId: number,
  steps: readonly NewTemplateStep[],
): Promise<void> {
  await db.deleteFrom('rollout_template_steps').where('template_id', '=', templateId).execute();
  if (steps.length === 0) return;
  const rows = steps.map((step, place) => ({ ...step, template_id: templateId, place }));
  await db.insertInto('rollout_template_steps').values(rows).execute();
}

export function updateRolloutTemplate(
  db: DbOrTransaction,
  id: number,
  changes: RolloutTemplateChanges,
): Promise<RolloutTemplateRecord> {
  return db
    .updateTable('rollout_templates')
    .set({ ...changes, updated_at: new Date() })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Deletes a template with its steps; flows that were made of it stay, and say what it was called. */
export async function deleteRolloutTemplate(db: DbOrTransaction, id: number): Promise<void> {
  await db.deleteFrom('rollout_templates').where('id', '=', id).execute();
}

/** A pool that is expanded, shrunk or deployed by a template, the first of them. */
export function findPoolOfTemplate(
  db: DbOrTransaction,
  { projectId, templateId }: { projectId: number; templateId: number },
): Promise<{ id: number; name: string } | undefined> {
  return db
    .selectFrom('pools')
    .select(['id', 'name'])
    .where('project_id', '=', projectId)
    .where(sql<boolean>`${templateId} in (expand_template, shrink_template, deploy_template)`)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
}

/** A flow of a template that has not ended, the first of them. */
export function findLiveFlowOfTemplate(
  db: DbOrTransaction,
  templateId: number,
): Promise<{ id: number; name: string } | undefined> {
  return db
    .selectFrom('flows')
    .leftJoin('tasks', 'tasks.id', 'flows.task_id')
    .select(['flows.id', 'flows.name'])
    .where('flows.template_id', '=', templateId)
    .where(({ or, eb }) => or([eb('queued_at', 'is not', null), eb('tasks.phase', '!=', 'ended')]))
    .orderBy('flows.id')
    .limit(1)
    .executeTakeFirst();
}

function ofProject(db: DbOrTransaction, projectId: number) {
  return db.selectFrom('rollout_templates').selectAll().where('project_id', '=', projectId);
}
