import type { Insertable, Selectable, Updateable } from 'kysely';
import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { Database } from './schema';

export type ClockedTaskRecord = Selectable<Database['clocked_tasks']>;

/** Which clocked tasks; absent fields do not restrict. */
export interface ClockedTaskFilter {
  id?: number | undefined;
  /** Part of the name, in upper or lower case. */
  taskName?: string | undefined;
  creator?: string | undefined;
  editor?: string | undefined;
  state?: ClockedTaskRecord['state'] | undefined;
}

export async function insertClockedTask(
  db: DbOrTransaction,
  task: Insertable<Database['clocked_tasks']>,
): Promise<number> {
  const { id } = await db.insertInto('clocked_tasks').values(task).returning('id').executeTakeFirstOrThrow();
  return id;
}

/** A page of a project's clocked tasks, newest first, and how many there are. */
export async function listClockedTasks(
  db: DbOrTransaction,
  projectId: number,
  { id, taskName, creator, editor, state }: ClockedTaskFilter,
  { limit, offset }: { limit: number; offset: number },
): Promise<{ tasks: ClockedTaskRecord[]; count: number }> {
  const matching = db
    .selectFrom('clocked_tasks')
    .where('project_id', '=', projectId)
    .where('is_deleted', '=', false)
    .$if(id !== undefined, (query) => query.where('id', '=', id!))
    .$if(taskName !== undefined, (query) =>
      query.where('task_name', 'ilike', `%${taskName!.replace(/[\\%_]/g, '\\$&')}%`),
    )
    .$if(creator !== undefined, (query) => query.where('creator', '=', creator!))
    .$if(editor !== undefined, (query) => query.where('editor', '=', editor!))
    .$if(state !== undefined, (query) => query.where('state', '=', state!));
  const tasks = await matching.selectAll().orderBy('id', 'desc').limit(limit).offset(offset).execute();
  const { count } = await matching.select(({ fn }) => fn.countAll<string>().as('count')).executeTakeFirstOrThrow();
  return { tasks, count: Number(count) };
}

/** A clocked task of a project: one of another project does not exist. */
export function findClockedTask(
  db: DbOrTransaction,
  projectId: number,
  id: number,
): Promise<ClockedTaskRecord | undefined> {
  return db
    .selectFrom('clocked_tasks')
    .selectAll()
    .where('id', '=', id)
    .where('project_id', '=', projectId)
    .where('is_deleted', '=', false)
    .executeTakeFirst();
}

/** A clocked task, deleted ones too, held until the transaction ends. */
export function lockClockedTask(db: DbOrTransaction, id: number): Promise<ClockedTaskRecord | undefined> {
  return db.selectFrom('clocked_tasks').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

/** Changes a clocked task; its schedule is to follow. */
export async function updateClockedTask(
  db: DbOrTransaction,
  id: number,
  change: Updateable<Database['clocked_tasks']>,
): Promise<void> {
  await db
    .updateTable('clocked_tasks')
    .set({ ...change, revision: sql`revision + 1` })
    .where('id', '=', id)
    .execute();
}

/** Ends the waiting of those whose time has passed by more than may be made up for, and `graceSeconds` more. */
export async function failOverdueClockedTasks(
  db: DbOrTransaction,
  { now, graceSeconds, reason }: { now: Date; graceSeconds: number; reason: string },
): Promise<number[]> {
  const failed = await db
    .updateTable('clocked_tasks')
    .set({ state: 'start_failed', ex_data: reason, revision: sql`revision + 1` })
    .where('state', '=', 'not_started')
    .where('is_deleted', '=', false)
    .where(sql<boolean>`plan_start_time + make_interval(secs => catchup_seconds + ${graceSeconds}) < ${now}`)
    .returning('id')
    .execute();
  return failed.map(({ id }) => id);
}
