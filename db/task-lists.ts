import { type ExpressionBuilder, type ExpressionWrapper, type SqlBool, sql } from 'kysely';
import type { Db, DbOrTransaction } from './connection';
import type { Database } from './schema';

/** Which tasks of a project; absent fields do not restrict. */
export interface TaskFilter {
  projectId: number;
  /** Part of the name, in upper or lower case. */
  keyword?: string | undefined;
  isStarted?: boolean | undefined;
  /** Finished, and not revoked. */
  isFinished?: boolean | undefined;
  creator?: string | undefined;
  executor?: string | undefined;
  category?: string | undefined;
  createMethod?: string | undefined;
  flowType?: string | undefined;
  templateIds?: readonly string[] | undefined;
  createdFrom?: Date | undefined;
  /** Not included. */
  createdBefore?: Date | undefined;
}

export interface Page {
  limit: number;
  offset: number;
}

/** Columns that the indexes on tasks have (migration 0007): with others, pages and counts would have to read the rows. */
type ListColumns = ExpressionBuilder<Database, 'tasks'>;

const LISTED = [
  'tasks.id',
  'tasks.name',
  'tasks.category',
  'tasks.flow_type',
  'tasks.current_flow',
  'tasks.create_method',
  'tasks.creator',
  'tasks.executor',
  'tasks.created_at',
  'tasks.started_at',
  'tasks.finished_at',
  'tasks.phase',
  'tasks.status',
  'tasks.shown',
  'tasks.template_id',
  'tasks.template_source',
] as const;

/** A page of tasks, newest first. */
export function listTasks(db: DbOrTransaction, filter: TaskFilter, { limit, offset }: Page) {
  // Rows that are only passed over are not looked at outside the index.
  const page = db
    .selectFrom('tasks')
    .select('id')
    .where((columns) => matches(columns, filter))
    .orderBy('id', 'desc')
    .limit(limit)
    .offset(offset);
  return db
    .selectFrom(page.as('page'))
    .innerJoin('tasks', 'tasks.id', 'page.id')
    .select(LISTED)
    .orderBy('tasks.id', 'desc')
    .execute();
}

/** A page of tasks, newest first, and how many there are on all pages: side by side, as each looks at the index once. */
export async function listAndCountTasks(
  db: Db,
  filter: TaskFilter,
  page: Page,
): Promise<{ tasks: ListedTask[]; count: number }> {
  const [tasks, count] = await Promise.all([listTasks(db, filter, page), countTasks(db, filter)]);
  return { tasks, count };
}

export type ListedTask = Awaited<ReturnType<typeof listTasks>>[number];

export async function countTasks(db: DbOrTransaction, filter: TaskFilter): Promise<number> {
  const { count } = await db
    .selectFrom('tasks')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where((columns) => matches(columns, filter))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** What tasks can be counted by. `phase` is how far they are. */
export type TaskGroup = 'category' | 'create_method' | 'flow_type' | 'phase';

/** Numbers of tasks by the values of a column. */
export async function countTasksBy(
  db: DbOrTransaction,
  filter: TaskFilter,
  group: TaskGroup,
): Promise<{ value: string; count: number }[]> {
  const rows = await db
    .selectFrom('tasks')
    .select(({ fn, ref }) => [ref(group).$castTo<string>().as('value'), fn.countAll<string>().as('count')])
    .where((columns) => matches(columns, filter))
    .groupBy(group)
    .execute();
  return rows.map(({ value, count }) => ({ value, count: Number(count) }));
}

function matches(column: ListColumns, filter: TaskFilter): ExpressionWrapper<Database, 'tasks', SqlBool> {
  const { projectId, keyword, isStarted, isFinished, templateIds, createdFrom, createdBefore } = filter;
  const equal = (name: 'creator' | 'executor' | 'category' | 'create_method' | 'flow_type', value?: string) =>
    value === undefined ? [] : [column(name, '=', value)];
  return column.and([
    column('project_id', '=', projectId),
    column('is_deleted', '=', false),
    ...(isStarted === undefined ? [] : [column('phase', isStarted ? '<>' : '=', 'created')]),
    ...(isFinished === undefined ? [] : [column('status', isFinished ? '=' : '<>', 'FINISHED')]),
    ...equal('creator', filter.creator),
    ...equal('executor', filter.executor),
    ...equal('category', filter.category),
    ...equal('create_method', filter.createMethod),
    ...equal('flow_type', filter.flowType),
    ...(templateIds === undefined ? [] : [column('template_id', 'in', [...templateIds])]),
    ...(createdFrom === undefined ? [] : [column('created_at', '>=', createdFrom)]),
    ...(createdBefore === undefined ? [] : [column('created_at', '<', createdBefore)]),
    // The last, because it is the dearest: Postgres looks at them in this order.
    ...(keyword ? [sql<SqlBool>`search_name like lower(${`%${keyword.replace(/[\\%_]/g, '\\$&')}%`})`] : []),
  ]);
}

/** How many tasks of a project are under way, from the moment on that somebody starts them. */
export async function countRunningTasks(db: DbOrTransaction, projectId: number): Promise<number> {
  const { count } = await db
    .selectFrom('tasks')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('project_id', '=', projectId)
    .where('phase', 'in', ['starting', 'running'])
    .executeTakeFirstOrThrow();
  return Number(count);
}
