import type { Insertable, Selectable } from 'kysely';
import { sql } from 'kysely';
import { type AuditRecord, auditRow } from './audit';
import type { DbOrTransaction } from './connection';
import { toJsonText } from './json';
import { KEEP_PLAN } from './kept-plans';
import { insertNotices } from './notices';
import type { Database } from './schema';

export type TaskRecord = Selectable<Database['tasks']>;

/** A task's tree, and its program as JSON text. */
export interface TreeAndProgram {
  tree: unknown;
  program: string;
}

/** Writes a task with its tree, its program, what has to be claimed, and who made it: all in one statement. */
export async function insertTask(
  db: DbOrTransaction,
  task: Insertable<Database['tasks']>,
  { tree, program }: TreeAndProgram,
  audit: Omit<AuditRecord, 'taskId'>,
): Promise<number> {
  const record = auditRow(audit);
  // As text: six statements built one into the other take longer than to run them.
  const { rows } = await sql<{ id: number }>`${KEEP_PLAN}
    with task as (insert into tasks (${columns(task)}) values (${sql.join(Object.values(task))})
                  returning id, creator, flow_type),
         tree as (insert into task_trees (task_id, tree) select id, ${toJsonText(tree)}::json from task),
         program as (insert into task_programs (task_id, program) select id, ${program}::json from task),
         to_claim as (insert into function_tasks (task_id, creator)
                      select id, creator from task where flow_type = 'common_func'),
         audit as (insert into audit_records (task_id, ${columns(record)})
                   select id, ${sql.join(Object.values(record))} from task)
    select id from task`.execute(db);
  return rows[0]!.id;
}

function columns(row: object) {
  return sql.join(Object.keys(row).map((name) => sql.id(name)));
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

/** A task of a project as its page shows it, in one look. */
export function findTaskWithTree(db: DbOrTransaction, projectId: number, taskId: number) {
  return db
    .selectFrom('tasks')
    .innerJoin('task_trees', 'task_trees.task_id', 'tasks.id')
    .modifyFront(KEEP_PLAN)
    .select(['id', 'name', 'creator', 'executor', 'create_method', 'template_id'])
    .select(['created_at', 'started_at', 'finished_at', 'outputs', 'end_reason', 'tree'])
    .where('tasks.id', '=', taskId)
    .where('project_id', '=', projectId)
    .where('is_deleted', '=', false)
    .executeTakeFirst();
}

/** Those of the tasks that the project has, newest first. */
export function listTasksById(db: DbOrTransaction, projectId: number, ids: readonly number[]): Promise<TaskRecord[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('tasks')
    .selectAll()
    .where('id', 'in', [...ids])
    .where('project_id', '=', projectId)
    .where('is_deleted', '=', false)
    .orderBy('id', 'desc')
    .execute();
}

/** A task as it is now, held until the transaction ends; undefined when it was deleted. */
export function lockTask(db: DbOrTransaction, taskId: number): Promise<TaskRecord | undefined> {
  return db
    .selectFrom('tasks')
    .selectAll()
    .where('id', '=', taskId)
    .where('is_deleted', '=', false)
    .forUpdate()
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

/** A text that is another one when the program of a task has been changed. */
export async function findProgramVersion(db: DbOrTransaction, taskId: number): Promise<string> {
  const { version } = await db
    .selectFrom('task_programs')
    .select(sql<string>`xmin::text`.as('version'))
    .where('task_id', '=', taskId)
    .executeTakeFirstOrThrow();
  return version;
}

/** Programs of several tasks, by task id. */
export async function findPrograms<T>(db: DbOrTransaction, taskIds: readonly number[]): Promise<Map<number, T>> {
  if (taskIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('task_programs')
    .selectAll()
    .where('task_id', 'in', [...taskIds])
    .execute();
  return new Map(rows.map(({ task_id, program }) => [task_id, program as T]));
}

/** Replaces a task's tree and its program; call it in a transaction. */
export async function updateTree(
  db: DbOrTransaction,
  taskId: number,
  { tree, program }: TreeAndProgram,
): Promise<void> {
  await db
    .updateTable('task_trees')
    .set({ tree: toJsonText(tree) })
    .where('task_id', '=', taskId)
    .execute();
  await db.updateTable('task_programs').set({ program }).where('task_id', '=', taskId).execute();
}

/** Marks a task as deleted, unless it is starting or running. */
export async function deleteTask(db: DbOrTransaction, taskId: number): Promise<boolean> {
  const deleted = await db
    .updateTable('tasks')
    .set({ is_deleted: true })
    .where('id', '=', taskId)
    .where('is_deleted', '=', false)
    .where('phase', 'in', ['created', 'ended'])
    .executeTakeFirst();
  return deleted.numUpdatedRows === 1n;
}

/**
 * Marks a created task as starting; of two callers at the same moment one gets it.
 *
 * @param namespaceMark of the namespace that its workflow is going to be in, where that is known
 */
export async function claimStart(
  db: DbOrTransaction,
  taskId: number,
  { executor, isPaused, at, namespaceMark }: { executor: string; isPaused: boolean; at: Date; namespaceMark?: string },
): Promise<boolean> {
  const claimed = await db
    .updateTable('tasks')
    .set({ phase: 'starting', executor, starts_paused: isPaused, started_at: at, ...startState(isPaused) })
    .set({ namespace_mark: namespaceMark ?? null })
    .where('id', '=', taskId)
    .where('phase', '=', 'created')
    .where('is_deleted', '=', false)
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

/** Notes that a task which was starting has its workflow. */
export async function endStart(db: DbOrTransaction, taskId: number): Promise<void> {
  await db
    .updateTable('tasks')
    .set({ phase: 'running' })
    .where('id', '=', taskId)
    .where('phase', '=', 'starting')
    .execute();
}

/**
 * Shows a task as it is going to be: somebody was promised it, and nobody is there yet who does it and records it.
 *
 * @param seq of the record that the task was as of when it was promised: nothing may have come since
 */
export async function showPromised(
  db: DbOrTransaction,
  taskId: number,
  { seq, status }: { seq: number; status: 'RUNNING' | 'SUSPENDED' | 'REVOKED' },
): Promise<void> {
  await db
    .updateTable('tasks')
    .set({ status, shown: status })
    .where('id', '=', taskId)
    .where('phase', 'in', ['starting', 'running'])
    .where('seq', '=', seq)
    .execute();
}

/**
 * Takes tasks that have been `starting` for longer than a start takes, for repair; they are held until the transaction
 * ends, and other callers pass them by.
 *
 * @param namespaceMark of the namespace that they are going to be in: one whose start was asked for in another may have
 *   begun there
 */
export function takeStuckStarts(
  db: DbOrTransaction,
  { olderThan, limit = 20, namespaceMark }: { olderThan: Date; limit?: number; namespaceMark?: string | undefined },
) {
  return db
    .selectFrom('tasks')
    .selectAll()
    .where('phase', '=', 'starting')
    .where('started_at', '<', olderThan)
    .$if(namespaceMark !== undefined, (query) =>
      query.where((is) => is.or([is('namespace_mark', 'is', null), is('namespace_mark', '=', namespaceMark!)])),
    )
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
    .select(['id', 'seq', 'namespace_mark'])
    .where('phase', '=', 'running')
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Ids of running tasks, picked at random. */
export async function pickRunningTasks(db: DbOrTransaction, limit: number): Promise<number[]> {
  const rows = await db
    .selectFrom('tasks')
    .select('id')
    .where('phase', '=', 'running')
    .orderBy(sql`random()`)
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

export async function countRunningTasks(db: DbOrTransaction): Promise<number> {
  const { count } = await db
    .selectFrom('tasks')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('phase', '=', 'running')
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Tasks that have begun and not ended, a page by id. */
export function listUnendedTasks(db: DbOrTransaction, { afterId, limit }: { afterId: number; limit: number }) {
  return db
    .selectFrom('tasks')
    .select(['id', 'seq', 'phase', 'namespace_mark'])
    .where('phase', 'in', ['starting', 'running'])
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Tasks that have begun and not ended. */
export async function countUnendedTasks(db: DbOrTransaction): Promise<number> {
  const { count } = await db
    .selectFrom('tasks')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('phase', 'in', ['starting', 'running'])
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Why a task is ended by other than itself. */
export interface OutsideEnd {
  reason: string;
  /** Its workflow could not be run. */
  isPutAside: boolean;
}

/**
 * Ends a task whose workflow is gone, with the message of its end; call it in a transaction.
 *
 * @param seq of the record that the task was as of when its workflow was looked at: nothing may have come since
 */
export async function closeLostTask(
  db: DbOrTransaction,
  taskId: number,
  seq: number,
  { reason, isPutAside }: OutsideEnd,
): Promise<{ projectId: number } | undefined> {
  const closed = await db
    .updateTable('tasks')
    .set({ phase: 'ended', status: 'REVOKED', shown: 'REVOKED', finished_at: sql`now()` })
    .set({ end_reason: reason, put_aside: isPutAside })
    .where('id', '=', taskId)
    .where('phase', 'in', ['starting', 'running'])
    .where('seq', '=', seq)
    .returning('project_id')
    .executeTakeFirst();
  if (!closed) return undefined;
  await insertNotices(db, taskId, [{ event: 'revoked', success: false }]);
  return { projectId: closed.project_id };
}

/** Notes the namespace that a task's workflow was found in. */
export async function setNamespaceMark(db: DbOrTransaction, taskId: number, mark: string): Promise<void> {
  await db.updateTable('tasks').set({ namespace_mark: mark }).where('id', '=', taskId).execute();
}

/** Tasks that were put aside since then. */
export async function countPutAside(db: DbOrTransaction, since: Date): Promise<number> {
  const { count } = await db
    .selectFrom('tasks')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('put_aside', '=', true)
    .where('finished_at', '>=', since)
    .executeTakeFirstOrThrow();
  return Number(count);
}
