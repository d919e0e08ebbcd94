import { type RawBuilder, sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import { HAS_ENDED, OPEN, type RunTry } from './host-runs';
import type { HostRunStatus } from './schema';

/** How a run may end. */
export type HostRunEnd = Extract<HostRunStatus, 'ok' | 'failed' | 'skipped' | 'unreachable' | 'lost' | 'cancelled'>;

/** Those that count against how many may fail. */
const FAILURES: readonly HostRunEnd[] = ['failed', 'unreachable', 'lost'];

/**
 * Of its try nobody has heard on the host. Whoever could not reach the host may have been slow, and another worker has begun
 * the run meanwhile: it is not unreachable then.
 */
export const NOT_HEARD_OF = sql<boolean>`(status = 'starting' and reached_at is null)`;

/** How a run has ended. */
export interface RunEnding {
  status: HostRunEnd;
  /** Of what the host has said, null: it has none. Absent: the host has said nothing. */
  exitCode?: number | null | undefined;
  reason: string;
  isLogCut?: boolean | undefined;
  /** Of a lost run whose end the host may still tell. */
  askUntil?: Date | undefined;
}

export type EndedRun = RunTry & RunEnding;

/**
 * Ends runs, counts them among those that have failed, if they have, and lets others have their hosts, in one statement. One
 * that has ended, or is at another try, stays as it is.
 *
 * @returns the runs that were ended by this
 */
export async function endRuns(db: DbOrTransaction, runs: readonly EndedRun[]): Promise<Set<string>> {
  const column = <T>(of: (run: EndedRun) => T): T[] => runs.map(of);
  const { rows } = await sql<{ id: string }>`
    with said as (
      select * from unnest(${column(({ id }) => id)}::bigint[], ${column(({ host_try }) => host_try)}::integer[],
                           ${column(({ status }) => status)}::text[], ${column(({ exitCode }) => exitCode ?? null)}::integer[],
                           ${column(({ exitCode }) => exitCode !== undefined)}::boolean[], ${column(({ reason }) => reason)}::text[],
                           ${column(({ isLogCut = false }) => isLogCut)}::boolean[],
                           ${column(({ askUntil = null }) => askUntil)}::timestamptz[])
                    said (run_id, at_try, end_status, code, was_heard, why, is_cut, asked_until)
    ), ended as (
      update host_runs set status = end_status, exit_code = code, reason = why, is_log_cut = is_log_cut or is_cut, try_at = null,
             ask_until = asked_until, ended_at = now(), reached_at = case when was_heard then now() else reached_at end
        from said
       where id = run_id and host_try = at_try and status in (${sql.join(OPEN)})
         and (end_status <> 'unreachable' or ${NOT_HEARD_OF})
      returning id, step_id, status
    ), counted as (
      update host_steps set failed = failed + more
        from (select step_id, count(*)::integer as more from ended where status in (${sql.join(FAILURES)}) group by step_id) failures
       where host_steps.id = failures.step_id
    ), let_go as (
      delete from host_locks using ended where host_locks.run_id = ended.id
    )
    select id from ended`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

/** Of attempts that are not under way any more: what waits there will never be begun, a further try of a host neither. */
export async function cancelWaiting(db: DbOrTransaction): Promise<void> {
  await endUnbegun(
    db,
    sql`select steps.id from host_steps steps join node_executions nodes using (task_id, node_id, loop, retry) where ${HAS_ENDED}`,
  );
}

/**
 * Ends what has not begun in some steps: runs that wait, and those that wait to be tried again. One that is being claimed is
 * waited for, and has begun then.
 *
 * @param steps a query for their ids
 */
export async function endUnbegun(db: DbOrTransaction, steps: RawBuilder<unknown>): Promise<void> {
  await sql`
    with ended as (
      update host_runs runs
         set status = case when runs.status = 'waiting' then 'not_run' else 'cancelled' end,
             reason = case when runs.status = 'waiting' then 'its node had ended before'
                           else 'its node had ended before it was tried again: ' || runs.reason end,
             try_at = null, ended_at = now()
       where (runs.status = 'waiting' or (runs.status = 'starting' and runs.try_at is not null))
         and runs.step_id in (${steps})
      returning runs.id
    )
    delete from host_locks using ended where host_locks.run_id = ended.id`.execute(db);
}
