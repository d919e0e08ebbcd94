import { type SqlBool, sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { Page } from './task-lists';

/** Which function tasks; absent fields do not restrict. */
export interface FunctionTaskFilter {
  /** Whose role in the project of each is told. */
  username: string;
  /** Whether also those are meant that are in projects where the user has no role. */
  isUnrestricted: boolean;
  projectId?: number | undefined;
  ids?: readonly number[] | undefined;
  taskIds?: readonly number[] | undefined;
  /** `submitted`, `claimed`, `executed` or `finished`. */
  status?: string | undefined;
  /** `nonExecution`, `running`, `revoked` or `finished`. */
  executeStatus?: string | undefined;
  creator?: string | undefined;
  claimant?: string | undefined;
  createdFrom?: Date | undefined;
  createdBefore?: Date | undefined;
}

/** How far the task is tells more than what was last written of the claim. */
const STATUS = sql<string>`
  case when tasks.phase = 'ended' then 'finished' when tasks.phase <> 'created' then 'executed'
    else function_tasks.status end`;

const EXECUTE_STATUS = sql<string>`
  case when tasks.phase = 'created' then 'nonExecution' when tasks.phase <> 'ended' then 'running'
    when tasks.status = 'REVOKED' then 'revoked' else 'finished' end`;

function filtered(db: DbOrTransaction, filter: FunctionTaskFilter) {
  const { username, isUnrestricted, projectId, ids, taskIds, status, executeStatus, creator, claimant } = filter;
  const { createdFrom, createdBefore } = filter;
  return db
    .selectFrom('function_tasks')
    .innerJoin('tasks', 'tasks.id', 'function_tasks.task_id')
    .leftJoin('project_roles', (join) =>
      join.onRef('project_roles.project_id', '=', 'tasks.project_id').on('project_roles.username', '=', username),
    )
    .where('tasks.is_deleted', '=', false)
    .where(({ and, eb }) =>
      and([
        ...(isUnrestricted ? [] : [eb('project_roles.role', 'is not', null)]),
        ...(projectId === undefined ? [] : [eb('tasks.project_id', '=', projectId)]),
        ...(ids === undefined ? [] : [eb('function_tasks.id', 'in', [...ids])]),
        ...(taskIds === undefined ? [] : [eb('function_tasks.task_id', 'in', [...taskIds])]),
        ...(status === undefined ? [] : [sql<SqlBool>`${STATUS} = ${status}`]),
        ...(executeStatus === undefined ? [] : [sql<SqlBool>`${EXECUTE_STATUS} = ${executeStatus}`]),
        ...(creator === undefined ? [] : [eb('function_tasks.creator', '=', creator)]),
        ...(claimant === undefined ? [] : [eb('function_tasks.claimant', '=', claimant)]),
        ...(createdFrom === undefined ? [] : [eb('function_tasks.created_at', '>=', createdFrom)]),
        ...(createdBefore === undefined ? [] : [eb('function_tasks.created_at', '<', createdBefore)]),
      ]),
    );
}

/** A page of function tasks with their tasks and projects, newest first. */
export function listFunctionTasks(db: DbOrTransaction, filter: FunctionTaskFilter, { limit, offset }: Page) {
  return filtered(db, filter)
    .innerJoin('projects', 'projects.id', 'tasks.project_id')
    .select([
      'function_tasks.id',
      'function_tasks.creator',
      'function_tasks.created_at',
      'function_tasks.claimant',
      'function_tasks.claimed_at',
      STATUS.as('status'),
      EXECUTE_STATUS.as('execute_status'),
      'tasks.id as task_id',
      'tasks.name',
      'tasks.category',
      'tasks.create_method',
      'tasks.creator as task_creator',
      'tasks.executor',
      'tasks.started_at',
      'tasks.finished_at',
      'tasks.phase',
      'tasks.status as task_status',
      'tasks.template_id',
      'tasks.template_source',
      'project_roles.role',
      'projects.id as project_id',
      'projects.name as project_name',
      'projects.bk_biz_id',
    ])
    .orderBy('function_tasks.id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute();
}

export async function countFunctionTasks(db: DbOrTransaction, filter: FunctionTaskFilter): Promise<number> {
  const { count } = await filtered(db, filter)
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Gives a function task to somebody, who may now start it; call it in a transaction that holds the task. */
export async function claimFunctionTask(
  db: DbOrTransaction,
  taskId: number,
  { claimant, name }: { claimant: string; name: string },
): Promise<void> {
  await db.updateTable('tasks').set({ name, current_flow: 'execute_task' }).where('id', '=', taskId).execute();
  await db
    .updateTable('function_tasks')
    .set({ claimant, claimed_at: sql`now()`, status: 'claimed' })
    .where('task_id', '=', taskId)
    .execute();
}

/** Who has claimed a task; empty when nobody has. */
export async function findClaimant(db: DbOrTransaction, taskId: number): Promise<string> {
  const row = await db.selectFrom('function_tasks').select('claimant').where('task_id', '=', taskId).executeTakeFirst();
  return row?.claimant ?? '';
}
