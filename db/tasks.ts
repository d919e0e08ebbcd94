import type { Insertable, Selectable } from 'kysely';
import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import { toJsonText } from './json';
import type { Database } from './schema';

export type TaskRecord = Selectable<Database['tasks']>;

/** Writes a task with its tree and its program; call it in a transaction. */
export async function insertTask(
  db: DbOrTransaction,
  task: Insertable<Database['tasks']>,
  { tree, program }: { tree: unknown; program: unknown },
): Promise<number> {
  const { id } = await db.insertInto('tasks').values(task).returning('id').executeTakeFirstOrThrow();
  await db
    .insertInto('task_trees')
    .values({ task_id: id, tree: toJsonText(tree) })
    .execute();
  await db
    .insertInto('task_programs')
    .values({ task_id: id, program: toJsonText(program) })
    .execute();
  return id;
}

/** Marks a task as one that somebody has to claim before it starts. */
export async function insertFunctionTask(db: DbOrTransaction, taskId: number, creator: string): Promise<void> {
  await db.insertInto('function_tasks').values({ task_id: taskId, creator, claimed_at: null }).execute();
}

/** A task of a project: one of another project does not exist. */
export function findTask(db: DbOrTransaction, projectId: number, taskId: number): Promise<TaskRecord | undefined> {
  return db
    .selectFrom('tasks')
    .selectAll()
    .where('id', '=', taskId)
    .where('project_id', '=', projectId)
    .where('is_deleted', '=', false)
    .executeTakeFirst();
}

export async function findTree<T>(db: DbOrTransaction, taskId: number): Promise<T> {
  const { tree } = await db
    .selectFrom('task_trees')
    .select('tree')
    .where('task_id', '=', taskId)
    .executeTakeFirstOrThrow();
  return tree as T;
}

export async function findProgram<T>(db: DbOrTransaction, taskId: number): Promise<T> {
  const { program } = await db
    .selectFrom('task_programs')
    .select('program')
    .where('task_id', '=', taskId)
    .executeTakeFirstOrThrow();
  return program as T;
}

/** Marks a created task as starting; of two callers at the same moment one gets it. */
export async function claimStart(
  db: DbOrTransaction,
  taskId: number,
  { executor, isPaused, at }: { executor: string; isPaused: boolean; at: Date },
): Promise<boolean> {
  const claimed = await db
    .updateTable('tasks')
    .set({ phase: 'starting', executor, starts_paused: isPaused, started_at: at, ...startState(isPaused) })
    .where('id', '=', taskId)
    .where('phase', '=', 'created')
    .executeTakeFirst();
  return claimed.numUpdatedRows === 1n;
}

/** What a task is shown as until its workflow's first record. */
function startState(isPaused: boolean) {
  const state = isPaused ? 'SUSPENDED' : 'RUNNING';
  return { status: state, shown: state };
}

/** Takes a start back that could not be made. */
export async function releaseStart(db: DbOrTransaction, taskId: number): Promise<void> {
  await db
    .updateTable('tasks')
    .set({ phase: 'created', started_at: null, executor: null, status: 'CREATED', shown: 'CREATED' })
    .where('id', '=', taskId)
    .where('phase', '=', 'starting')
    .execute();
}

/** A change of the task's state, `at` in ms since the epoch; dropped when the row is newer. */
export async function recordTaskState(
  db: DbOrTransaction,
  taskId: number,
  change: { seq: number; status: string; shown: string; at: number; outputs?: unknown },
): Promise<void> {
  const hasEnded = change.status === 'FINISHED' || change.status === 'REVOKED';
  await db
    .updateTable('tasks')
    .set({
      phase: hasEnded ? 'ended' : 'running',
      status: change.status,
      shown: change.shown,
      seq: change.seq,
      ...(hasEnded ? { current_flow: 'finished', finished_at: new Date(change.at) } : {}),
      ...(change.outputs === undefined ? {} : { outputs: toJsonText(change.outputs) }),
    })
    .where('id', '=', taskId)
    .where('seq', '<', change.seq)
    .execute();
}

/**
 * Takes tasks that have been `starting` for longer than a start takes, for repair; they are held until the transaction
 * ends, and other callers pass them by.
 */
export function takeStuckStarts(db: DbOrTransaction, { olderThan, limit = 20 }: { olderThan: Date; limit?: number }) {
  return db
    .selectFrom('tasks')
    .selectAll()
    .where('phase', '=', 'starting')
    .where('started_at', '<', olderThan)
    .orderBy('id')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
}

/** Tasks in phase `running`, a page by id: for comparison with their workflows. */
export function listRunningTasks(db: DbOrTransaction, { afterId, limit }: { afterId: number; limit: number }) {
  return db
    .selectFrom('tasks')
    .select(['id', 'seq'])
    .where('phase', '=', 'running')
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Ends a task whose workflow is gone. */
export async function closeLostTask(db: DbOrTransaction, taskId: number, seq: number): Promise<boolean> {
  const closed = await db
    .updateTable('tasks')
    .set({ phase: 'ended', status: 'REVOKED', shown: 'REVOKED', current_flow: 'finished', finished_at: sql`now()` })
    .where('id', '=', taskId)
    .where('phase', '=', 'running')
    .where('seq', '=', seq)
    .executeTakeFirst();
  return closed.numUpdatedRows === 1n;
}
