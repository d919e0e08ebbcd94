import { sql } from 'kysely';
import type { Db } from './connection';
import { HAS_ENDED } from './host-runs';

/** Of one look; a scrape does not wait for longer. */
const TIMEOUT_MS = 3_000;

/** How much there is of what an installation works on. */
export interface Measures {
  /** Tasks that were started and have not ended, by the state that people are shown. */
  tasks: Record<string, number>;
  /** Of these, those that no worker has begun. */
  starting: number;
  /** Runs on hosts that have not ended, by status. */
  hostRuns: Record<string, number>;
  /** Runs of attempts that are not under way any more, which have to be ended on their hosts. */
  abandoned: number;
  /** Runs that are lost, of which is still asked how they ended. */
  lateAsked: number;
  /** Saved tasks whose time has been there for a minute, and nobody has done it. */
  overdue: number;
}

/**
 * Counts what is under way, all at once. Only what has an index of what is open is counted: the cost grows with the work at
 * hand, not with all that there ever was.
 *
 * @throws the server's error, also when it takes longer than three seconds
 */
export function readMeasures(db: Db): Promise<Measures> {
  return db.transaction().execute(async (tx) => {
    await sql.raw(`set local statement_timeout = ${TIMEOUT_MS}`).execute(tx);
    const { rows } = await sql<Measures>`
      with open_tasks as (
        select shown, phase from tasks where phase = 'running' and not is_deleted
        union all select shown, phase from tasks where phase = 'starting' and not is_deleted
      ), open_runs as (
        select id, step_id, status, try_at from host_runs where status = 'waiting'
        union all select id, step_id, status, try_at from host_runs where status in ('starting', 'running')
      )
      select (select coalesce(json_object_agg(shown, count), '{}') from (
                select shown, count(*) from open_tasks group by shown) by_state) as tasks,
             (select count(*)::integer from open_tasks where phase = 'starting') as starting,
             (select coalesce(json_object_agg(status, count), '{}') from (
                select status, count(*) from open_runs group by status) by_status) as "hostRuns",
             (select count(*)::integer from open_runs runs join host_steps steps on steps.id = runs.step_id
                join node_executions nodes using (task_id, node_id, loop, retry)
               where runs.status <> 'waiting' and runs.try_at is null and ${HAS_ENDED}) as abandoned,
             (select count(*)::integer from host_runs where ask_until is not null) as "lateAsked",
             (select count(*)::integer from pool_schedules where look_at < now() - interval '1 minute') as overdue`.execute(
      tx,
    );
    return rows[0]!;
  });
}
