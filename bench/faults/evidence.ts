import { sql } from 'kysely';
import type { Db } from '../../db/connection';

/** Who knows what became of tasks. */
export interface Witnesses {
  db: Db;
  /** Where the marks are. */
  marks: Db;
}

/** What is known of tasks afterwards, by task id. */
export interface Evidence {
  /** State that people are shown. */
  states: Map<number, string>;
  nodes: Map<number, NodeEvidence[]>;
  /** How often an attempt ran. */
  marks: Map<number, Map<string, number>>;
}

/** A row of an attempt. */
export interface NodeEvidence {
  nodeId: string;
  loop: number;
  retry: number;
  status: string;
  /** Why it failed. */
  reason: string | null;
  /** What its callback brought. */
  callbackTask: number | null;
}

/** Makes the table that marks are left in; it is no part of Gantry's schema. */
export async function createMarks(marks: Db): Promise<void> {
  await sql`create table if not exists bench_marks (
    run uuid primary key, task_id integer not null, node_id text not null, loop integer not null, attempt integer not null
  )`.execute(marks);
}

export async function collectEvidence({ db, marks: store }: Witnesses, ids: number[]): Promise<Evidence> {
  const tasks = await db.selectFrom('tasks').select(['id', 'shown']).where('id', 'in', ids).execute();
  const nodes = await sql<NodeEvidence & { taskId: number }>`
    select task_id as "taskId", node_id as "nodeId", loop, retry, status, outputs->>'ex_data' as reason,
      (outputs->'callback_data'->>'task')::integer as "callbackTask"
    from node_executions where task_id = any(${ids})`.execute(db);
  const marks = await sql<{ taskId: number; nodeId: string; loop: number; retry: number; count: number }>`
    select task_id as "taskId", node_id as "nodeId", loop, attempt - 1 as retry, count(*)::integer as count
    from bench_marks where task_id = any(${ids}) group by 1, 2, 3, 4`.execute(store);
  return {
    states: new Map(tasks.map(({ id, shown }) => [id, shown])),
    nodes: groupByTask(nodes.rows),
    marks: new Map(
      [...groupByTask(marks.rows)].map(([id, rows]) => [id, new Map(rows.map((row) => [attemptOf(row), row.count]))]),
    ),
  };
}

/** How many tasks still go on, or wait for their callback. */
export async function countMoving(db: Db, ids: number[]): Promise<number> {
  const { moving } = await db
    .selectFrom('tasks')
    .select(({ fn }) => fn.countAll<string>().as('moving'))
    .where('id', 'in', ids)
    .where('phase', '!=', 'ended')
    .where('shown', '!=', 'FAILED')
    .executeTakeFirstOrThrow();
  return Number(moving);
}

/**
 * The longest time, in ms, from a fault to the first sign of life of a task that it found under way. The ordinary time
 * of a node is in it.
 */
export async function slowestRecovery(db: Db, ids: number[], faultAt: Date): Promise<number> {
  const { rows } = await sql<{ ms: number | null }>`
    select max(extract(epoch from first_sign - ${faultAt}) * 1000)::float8 as ms from (
      select min(at) filter (where at > ${faultAt}) as first_sign
      from tasks join node_executions on task_id = id,
        lateral (values (node_executions.started_at), (node_executions.finished_at)) as signs (at)
      where id = any(${ids}) and tasks.started_at < ${faultAt}
        and (tasks.finished_at is null or tasks.finished_at > ${faultAt})
      group by id
    ) as found`.execute(db);
  return rows[0]?.ms ?? 0;
}

function groupByTask<Row extends { taskId: number }>(rows: readonly Row[]): Map<number, Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) groups.set(row.taskId, [...(groups.get(row.taskId) ?? []), row]);
  return groups;
}

/** Names an attempt alike in rows and marks. */
export function attemptOf({ nodeId, loop, retry }: Pick<NodeEvidence, 'nodeId' | 'loop' | 'retry'>): string {
  return `node ${nodeId}, loop ${loop}, attempt ${retry + 1}`;
}
