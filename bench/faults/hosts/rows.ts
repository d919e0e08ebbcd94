import { sql } from 'kysely';
import type { Db } from '../../../db/connection';

/** A run of a host as its row says it. */
export interface RunRow {
  id: string;
  taskId: number;
  nodeId: string;
  /** Counted from 1. */
  attempt: number;
  /** As hosts name the run. */
  key: string;
  hostId: number;
  status: string;
  exitCode: number | null;
  reason: string;
  /** The run of an earlier attempt whose result this one keeps: it is none of its own then. */
  fromRun: string | null;
  readBytes: number;
  logBytes: number;
  /** What is kept of its log, as the pieces come one after the other. */
  log: Buffer;
  /** Whether each piece begins where the one before ends. */
  isSeamless: boolean;
}

/** A step as its row says it, with what its hosts' rows say of the same. */
export interface StepRow {
  taskId: number;
  nodeId: string;
  attempt: number;
  /** By the counter. */
  failed: number;
  /** By the rows, without those that keep an earlier result. */
  failedRows: number;
}

/** What Postgres knows of tasks that work on hosts. */
export interface Rows {
  /** State that people are shown, by task. */
  states: Map<number, string>;
  /** Nodes whose rows say that they run. */
  open: string[];
  steps: StepRow[];
  runs: RunRow[];
}

export async function readRows(db: Db, taskIds: readonly number[]): Promise<Rows> {
  const tasks = await db.selectFrom('tasks').select(['id', 'shown']).where('id', 'in', taskIds).execute();
  const nodes = await sql<{ name: string }>`
    select format('task %s: node %s, attempt %s is %s', task_id, node_id, retry + 1, status) as name
      from node_executions where task_id = any(${taskIds}) and status in ('RUNNING', 'READY')`.execute(db);
  const steps = await sql<StepRow>`
    select task_id as "taskId", node_id as "nodeId", retry + 1 as attempt, failed,
           (select count(*)::integer from host_runs
             where step_id = host_steps.id and from_run is null
               and status in ('failed', 'unreachable', 'lost')) as "failedRows"
      from host_steps where task_id = any(${taskIds})`.execute(db);
  const runs = await sql<Omit<RunRow, 'log' | 'isSeamless'>>`
    select runs.id, task_id as "taskId", node_id as "nodeId", retry + 1 as attempt, host_id as "hostId",
           format('%s-%s-%s-%s.%s.%s-%s', task_id, node_id, loop, retry + 1, ordinal, host_try, host_id) as key,
           status, exit_code as "exitCode", reason, from_run as "fromRun",
           read_bytes::float8 as "readBytes", log_bytes::float8 as "logBytes"
      from host_runs runs join host_steps steps on steps.id = step_id
     where task_id = any(${taskIds}) order by runs.id`.execute(db);
  const logs = await readLogs(
    db,
    runs.rows.map(({ id }) => id),
  );
  return {
    states: new Map(tasks.map(({ id, shown }) => [id, shown])),
    open: nodes.rows.map(({ name }) => name),
    steps: steps.rows,
    runs: runs.rows.map((run) => ({ ...run, ...(logs.get(run.id) ?? { log: Buffer.alloc(0), isSeamless: true }) })),
  };
}

/** How many runs of tasks have not ended. */
export async function countOpenRuns(db: Db, taskIds: readonly number[]): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from host_runs runs join host_steps steps on steps.id = step_id
     where task_id = any(${taskIds}) and runs.status in ('waiting', 'starting', 'running')`.execute(db);
  return rows[0]!.count;
}

/** Those of some tasks of which a run has begun, or may have. */
export async function listBegun(db: Db, taskIds: readonly number[]): Promise<number[]> {
  const { rows } = await sql<{ task_id: number }>`
    select distinct task_id from host_steps steps join host_runs runs on runs.step_id = steps.id
     where task_id = any(${taskIds}) and started_at is not null`.execute(db);
  return rows.map(({ task_id }) => task_id);
}

/** How far each of some tasks is: its state, and how many attempts of nodes there were. */
export async function readProgress(db: Db, taskIds: readonly number[]) {
  const { rows } = await sql<{ id: number; phase: string; shown: string; attempts: number }>`
    select id, phase, shown, coalesce((select max(retry) + 1 from node_executions where task_id = tasks.id), 0) as attempts
      from tasks where id = any(${taskIds})`.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
}

async function readLogs(db: Db, runIds: readonly string[]) {
  const logs = new Map<string, { log: Buffer; isSeamless: boolean }>();
  const { rows } = await sql<{ run_id: string; at_byte: string; bytes: Buffer }>`
    select run_id, at_byte, bytes from host_logs where run_id = any(${runIds}::bigint[]) order by run_id, at_byte`.execute(
    db,
  );
  for (const { run_id, at_byte, bytes } of rows) {
    const known = logs.get(run_id) ?? { log: Buffer.alloc(0), isSeamless: true };
    const isSeamless = known.isSeamless && Number(at_byte) === known.log.length;
    logs.set(run_id, { log: Buffer.concat([known.log, bytes]), isSeamless });
  }
  return logs;
}
