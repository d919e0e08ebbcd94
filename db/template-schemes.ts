import { type Insertable, type Selectable, sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import { toJsonText } from './json';
import type { Database } from './schema';

export type SchemeRecord = Selectable<Database['template_schemes']>;

/** Schemes of some templates, in the order in which they were made. */
export function listSchemes(db: DbOrTransaction, templateIds: readonly number[]): Promise<SchemeRecord[]> {
  return db
    .selectFrom('template_schemes')
    .selectAll()
    .where(sql<boolean>`template_id = any(${[...templateIds]}::integer[])`)
    .orderBy('id')
    .execute();
}

/** Undefined when the template has a scheme of that name. */
export async function insertScheme(
  db: DbOrTransaction,
  scheme: Insertable<Database['template_schemes']>,
): Promise<number | undefined> {
  const row = await db
    .insertInto('template_schemes')
    .values(scheme)
    .onConflict((on) => on.columns(['template_id', 'name']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

export async function insertSchemes(
  db: DbOrTransaction,
  schemes: readonly Insertable<Database['template_schemes']>[],
): Promise<void> {
  if (schemes.length > 0) await db.insertInto('template_schemes').values(schemes).execute();
}

export async function changeScheme(db: DbOrTransaction, schemeId: number, nodeIds: readonly string[]): Promise<void> {
  const node_ids = toJsonText([...nodeIds]);
  await db.updateTable('template_schemes').set({ node_ids }).where('id', '=', schemeId).execute();
}

/** Whether there was one. */
export async function deleteScheme(db: DbOrTransaction, schemeId: number): Promise<boolean> {
  const deleted = await db.deleteFrom('template_schemes').where('id', '=', schemeId).executeTakeFirst();
  return deleted.numDeletedRows === 1n;
}
