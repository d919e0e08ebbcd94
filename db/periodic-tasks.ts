import type { Insertable, Selectable, Updateable } from 'kysely';
import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { Database } from './schema';

export type PeriodicTaskRecord = Selectable<Database['periodic_tasks']>;

/** All but the tree, which may be large. */
const LISTED = [
  'periodic_tasks.id',
  'periodic_tasks.name',
  'periodic_tasks.template_id',
  'periodic_tasks.template_source',
  'periodic_tasks.template_version',
  'periodic_tasks.cron',
  'periodic_tasks.time_zone',
  'periodic_tasks.overlap',
  'periodic_tasks.catchup_seconds',
  'periodic_tasks.enabled',
  'periodic_tasks.creator',
  'periodic_tasks.editor',
  'periodic_tasks.edited_at',
  'periodic_tasks.last_run_at',
  'periodic_tasks.total_run_count',
] as const;

/** Writes a periodic task, unless its project has `limit` of them already; call it in a transaction. */
export async function insertPeriodicTask(
  db: DbOrTransaction,
  task: Insertable<Database['periodic_tasks']>,
  limit: number,
): Promise<number | undefined> {
  // Of two that would be the last one, one waits here and then sees the other.
  await db.selectFrom('projects').select('id').where('id', '=', task.project_id).forNoKeyUpdate().execute();
  const { count } = await db
    .selectFrom('periodic_tasks')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('project_id', '=', task.project_id)
    .where('is_deleted', '=', false)
    .executeTakeFirstOrThrow();
  if (Number(count) >= limit) return undefined;
  const { id } = await db.insertInto('periodic_tasks').values(task).returning('id').executeTakeFirstOrThrow();
  return id;
}

/** Periodic tasks of a project, newest first, without their trees; `is_latest` compares with the template. */
export function listPeriodicTasks(db: DbOrTransaction, projectId: number, ids?: readonly number[]) {
  return db
    .selectFrom('periodic_tasks')
    .leftJoin('templates', 'templates.id', 'periodic_tasks.template_id')
    .select(LISTED)
    .select(({ ref }) =>
      sql<boolean>`coalesce(${ref('periodic_tasks.template_version')} = ${ref('templates.version')}, false)`.as(
        'is_latest',
      ),
    )
    .where('periodic_tasks.project_id', '=', projectId)
    .where('periodic_tasks.is_deleted', '=', false)
    .$if(ids !== undefined, (query) => query.where('periodic_tasks.id', 'in', [...ids!]))
    .orderBy('periodic_tasks.id', 'desc')
    .execute();
}

export type ListedPeriodicTask = Awaited<ReturnType<typeof listPeriodicTasks>>[number];

/** A periodic task of a project: one of another project does not exist. */
export function findPeriodicTask(
  db: DbOrTransaction,
  projectId: number,
  id: number,
): Promise<PeriodicTaskRecord | undefined> {
  return db
    .selectFrom('periodic_tasks')
    .selectAll()
    .where('id', '=', id)
    .where('project_id', '=', projectId)
    .where('is_deleted', '=', false)
    .executeTakeFirst();
}

/** A periodic task, deleted ones too, held until the transaction ends. */
export function lockPeriodicTask(db: DbOrTransaction, id: number): Promise<PeriodicTaskRecord | undefined> {
  return db.selectFrom('periodic_tasks').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

/** Changes a periodic task; its schedule is to follow. */
export async function updatePeriodicTask(
  db: DbOrTransaction,
  id: number,
  change: Updateable<Database['periodic_tasks']>,
): Promise<void> {
  await db
    .updateTable('periodic_tasks')
    .set({ ...change, revision: sql`revision + 1`, due_since: sql`clock_timestamp()` })
    .where('id', '=', id)
    .execute();
}

/** The enabled periodic tasks whose schedule is as they want it, and what says when they are due. */
export function listFiringTasks(db: DbOrTransaction) {
  return db
    .selectFrom('periodic_tasks')
    .select(['id', 'cron', 'time_zone', 'catchup_seconds', 'due_since'])
    .where('enabled', '=', true)
    .where('is_deleted', '=', false)
    .whereRef('synced_revision', '=', 'revision')
    .orderBy('id')
    .execute();
}

export type FiringTask = Awaited<ReturnType<typeof listFiringTasks>>[number];

/** Notes that nothing is made up for that a periodic task was due for until then. */
export async function letBeUntil(db: DbOrTransaction, id: number, until: Date): Promise<void> {
  await db
    .updateTable('periodic_tasks')
    .set({ due_since: until })
    .where('id', '=', id)
    .where('due_since', '<', until)
    .execute();
}

/** Notes that a task was made. */
export async function countRun(db: DbOrTransaction, id: number, at: Date): Promise<void> {
  await db
    .updateTable('periodic_tasks')
    .set({ last_run_at: at, total_run_count: sql`total_run_count + 1` })
    .where('id', '=', id)
    .execute();
}

/**
 * Says what was changed on the Temporal server; dropped when the row was changed meanwhile, as that will reach the server
 * anyway.
 */
export async function adoptEnabled(
  db: DbOrTransaction,
  { id, revision }: { id: number; revision: number },
  enabled: boolean,
): Promise<boolean> {
  const adopted = await db
    .updateTable('periodic_tasks')
    .set({ enabled, due_since: sql`clock_timestamp()` })
    .where('id', '=', id)
    .where('revision', '=', revision)
    .where('synced_revision', '=', revision)
    .executeTakeFirst();
  return adopted.numUpdatedRows === 1n;
}
