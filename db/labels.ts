import { type Insertable, type Selectable, sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { Database } from './schema';

export type LabelRecord = Selectable<Database['labels']>;

/** Labels of a project by name. */
export function listLabels(db: DbOrTransaction, projectId: number): Promise<LabelRecord[]> {
  return db.selectFrom('labels').selectAll().where('project_id', '=', projectId).orderBy('name').execute();
}

/** Undefined when the project has a label of that name. */
export async function insertLabel(
  db: DbOrTransaction,
  label: Insertable<Database['labels']>,
): Promise<LabelRecord | undefined> {
  return db
    .insertInto('labels')
    .values(label)
    .onConflict((on) => on.columns(['project_id', 'name']).doNothing())
    .returningAll()
    .executeTakeFirst();
}

/** Takes a label away from its project and from every template; false when the project has none with that id. */
export async function deleteLabel(db: DbOrTransaction, projectId: number, labelId: number): Promise<boolean> {
  const deleted = await db
    .deleteFrom('labels')
    .where('id', '=', labelId)
    .where('project_id', '=', projectId)
    .executeTakeFirst();
  return deleted.numDeletedRows === 1n;
}

/** Labels of some templates, by template, in one query. */
export async function labelsOf(
  db: DbOrTransaction,
  templateIds: readonly number[],
): Promise<Map<number, LabelRecord[]>> {
  const rows = await db
    .selectFrom('template_labels')
    .innerJoin('labels', 'labels.id', 'template_labels.label_id')
    .selectAll('labels')
    .select('template_labels.template_id')
    .where(sql<boolean>`template_labels.template_id = any(${[...templateIds]}::integer[])`)
    .orderBy('labels.name')
    .execute();
  const labels = new Map<number, LabelRecord[]>();
  for (const { template_id, ...label } of rows) labels.set(template_id, [...(labels.get(template_id) ?? []), label]);
  return labels;
}

/** How many of the ids are those of labels of the project. */
export async function countLabels(
  db: DbOrTransaction,
  projectId: number,
  labelIds: readonly number[],
): Promise<number> {
  const { count } = await db
    .selectFrom('labels')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('project_id', '=', projectId)
    .where(sql<boolean>`id = any(${[...labelIds]}::integer[])`)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Gives a template these labels and no others. */
export async function setTemplateLabels(
  db: DbOrTransaction,
  templateId: number,
  labelIds: readonly number[],
): Promise<void> {
  await db.deleteFrom('template_labels').where('template_id', '=', templateId).execute();
  const rows = labelIds.map((label_id) => ({ template_id: templateId, label_id }));
  if (rows.length > 0) await db.insertInto('template_labels').values(rows).execute();
}
