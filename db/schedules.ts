import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';

/** Rows that have schedules on the Temporal server. */
export interface ScheduleRows {
  table: 'periodic_tasks' | 'clocked_tasks';
  /** The state in which they have one; absent: they have no states. */
  openState?: string;
}

/** Rows that were changed after they last reached the Temporal server, a page by id. */
export async function listUnsynced(
  db: DbOrTransaction,
  { table }: ScheduleRows,
  { afterId, limit }: { afterId: number; limit: number },
): Promise<number[]> {
  const rows = await db
    .selectFrom(table)
    .select('id')
    .whereRef('synced_revision', '<', 'revision')
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Notes that a revision has reached the Temporal server. */
export async function markSynced(
  db: DbOrTransaction,
  { table }: ScheduleRows,
  id: number,
  revision: number,
): Promise<void> {
  await db.updateTable(table).set({ synced_revision: revision }).where('id', '=', id).execute();
}

/** Asks for a row to be brought to the Temporal server again. */
export async function markUnsynced(db: DbOrTransaction, { table }: ScheduleRows, id: number): Promise<void> {
  await db.updateTable(table).set({ synced_revision: 0 }).where('id', '=', id).execute();
}

/** Rows that are as the Temporal server should have them and have a schedule there, a page by id. */
export function listScheduled(
  db: DbOrTransaction,
  { table, openState }: ScheduleRows,
  { afterId, limit }: { afterId: number; limit: number },
): Promise<{ id: number; revision: number }[]> {
  return db
    .selectFrom(table)
    .select(['id', 'revision'])
    .whereRef('synced_revision', '=', 'revision')
    .where('is_deleted', '=', false)
    .$if(openState !== undefined, (query) => query.where(sql<boolean>`state = ${openState}`))
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** How many schedules of a project will make tasks: periodic ones that are on, clocked ones that have not been due. */
export async function countActiveSchedules(db: DbOrTransaction, projectId: number): Promise<number> {
  const [periodic, clocked] = await Promise.all([
    db
      .selectFrom('periodic_tasks')
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .where('project_id', '=', projectId)
      .where('enabled', '=', true)
      .where('is_deleted', '=', false)
      .executeTakeFirstOrThrow(),
    db
      .selectFrom('clocked_tasks')
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .where('project_id', '=', projectId)
      .where('state', '=', 'not_started')
      .where('is_deleted', '=', false)
      .executeTakeFirstOrThrow(),
  ]);
  return Number(periodic.count) + Number(clocked.count);
}
