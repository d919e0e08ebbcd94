import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import { endUnbegun } from './host-run-ends';
import type { StepKey } from './host-steps';
import type { HostRunStatus } from './schema';

/** How a host stands by the earlier attempts. */
export interface LastRun {
  /** The run that this is the result of: rows that only keep it are none. */
  runId: string;
  status: HostRunStatus;
  exitCode: number | null;
  reason: string;
}

/** Of the same step in the earlier attempts: those of its task, and those of the tasks that it is a repetition of. */
const earlierSteps = ({ taskId, nodeId, loop, retry, ordinal }: StepKey) => sql`
  with recursive line as (
    select id, again_of, 0 as distance from tasks where id = ${taskId}
     union all
    select tasks.id, tasks.again_of, line.distance + 1 from tasks join line on tasks.id = line.again_of
     where line.distance < ${MAX_LINE}
  ), earlier as (
    select steps.*, line.distance from host_steps steps join line on steps.task_id = line.id
     where steps.node_id = ${nodeId} and steps.loop = ${loop} and steps.ordinal = ${ordinal}
       and (line.distance > 0 or steps.retry < ${retry})
  )`;

/** How often a task is looked for that another one is a repetition of. */
const MAX_LINE = 100;

/** Ends what earlier attempts have not begun on their hosts: they begin nothing more once this has returned. */
export async function endEarlier(db: DbOrTransaction, key: StepKey): Promise<void> {
  await endUnbegun(db, sql`${earlierSteps(key)} select id from earlier`);
}

/** The hash of what the last attempt before this one did on hosts; undefined: there was none. */
export async function findLastHash(db: DbOrTransaction, key: StepKey): Promise<string | undefined> {
  const { rows } = await sql<{ work_hash: string }>`${earlierSteps(key)}
    select work_hash from earlier order by distance, retry desc limit 1`.execute(db);
  return rows[0]?.work_hash;
}

/**
 * How the hosts of a step stand by the earlier attempts, by host: as the last one says in which they have a result. Of one that
 * was lost, how it has ended on its host after all, where that was heard.
 */
export async function findLastRuns(db: DbOrTransaction, key: StepKey): Promise<Map<number, LastRun>> {
  const { rows } = await sql<LastRun & { hostId: number }>`${earlierSteps(key)}
    select distinct on (runs.host_id) runs.host_id as "hostId", done.id as "runId",
           coalesce(done.late_status, done.status) as status,
           coalesce(done.late_exit_code, done.exit_code) as "exitCode", done.reason
      from earlier join host_runs runs on runs.step_id = earlier.id
      join host_runs done on done.id = coalesce(runs.from_run, runs.id)
     where runs.host_id is not null and (runs.status <> 'skipped' or runs.from_run is not null)
     order by runs.host_id, earlier.distance, earlier.retry desc`.execute(db);
  return new Map(rows.map(({ hostId, ...run }) => [hostId, run]));
}
