import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';

/** The newest attempt of a node that was reached, without inputs and outputs. */
export interface CurrentNodeExecution {
  nodeId: string;
  loop: number;
  retry: number;
  status: string;
  skip: boolean;
  errorIgnored: boolean;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** In words, when the node waits. */
  waitingFor: string | null;
}

/** As it comes from Postgres; times are ms since the epoch. */
type Row = [string, number, number, string, boolean, boolean, number | null, number | null, string | null];

/** The newest attempt of every node of a task that was reached. */
export async function currentNodeExecutions(db: DbOrTransaction, taskId: number): Promise<CurrentNodeExecution[]> {
  return (await currentNodeExecutionsOf(db, [taskId])).get(taskId) ?? [];
}

/** The newest attempts of the nodes of several tasks, by task id. */
export async function currentNodeExecutionsOf(
  db: DbOrTransaction,
  taskIds: readonly number[],
): Promise<Map<number, CurrentNodeExecution[]>> {
  if (taskIds.length === 0) return new Map();
  // One text for all rows of a task: to read thousands of rows one by one costs more than all else that is done with them.
  const { rows } = await sql<{ task_id: number; nodes: Row[] }>`
    select task_id, json_agg(json_build_array(
             node_id, loop, retry, status, skip, error_ignored,
             floor(extract(epoch from started_at) * 1000), floor(extract(epoch from finished_at) * 1000), waiting_for
           ) order by node_id) as nodes
      from (
        select distinct on (task_id, node_id) * from node_executions
         where task_id = any(${taskIds}::integer[]) order by task_id, node_id, loop desc, retry desc
      ) current
     group by task_id`.execute(db);
  return new Map(rows.map(({ task_id, nodes }) => [task_id, nodes.map(read)]));
}

function read(row: Row): CurrentNodeExecution {
  const [nodeId, loop, retry, status, skip, errorIgnored, startedAt, finishedAt, waitingFor] = row;
  return {
    nodeId,
    loop,
    retry,
    status,
    skip,
    errorIgnored,
    startedAt: startedAt === null ? null : new Date(startedAt),
    finishedAt: finishedAt === null ? null : new Date(finishedAt),
    waitingFor,
  };
}

/** What of a task has changed since another time, as texts to compare. */
export interface TaskVersion {
  /** Of its program. */
  program: string;
  /** Of all that its states are made of: the task, its program, the attempts of its nodes, requests for retries. */
  states: string;
}

/**
 * Looks for changes of a task of a project without reading what has changed: a row that is written gets another `xmin`,
 * also where its sequence number stays. undefined when the project has no such task.
 */
export async function findTaskVersion(
  db: DbOrTransaction,
  projectId: number,
  taskId: number,
): Promise<TaskVersion | undefined> {
  const { rows } = await sql<TaskVersion>`
    select program.xmin::text as program,
           concat_ws(' ', task.xmin, program.xmin, attempts.count, attempts.seqs, attempts.versions, retries.count) as states
      from tasks task
      join task_programs program on program.task_id = task.id
      cross join lateral (
        select count(*), sum(seq) as seqs, sum(xmin::text::bigint) as versions
          from node_executions where task_id = task.id
      ) attempts
      cross join lateral (select count(*) from audit_records where task_id = task.id and action = 'retry') retries
     where task.id = ${taskId} and project_id = ${projectId} and not is_deleted`.execute(db);
  return rows[0];
}
