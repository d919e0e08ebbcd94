import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import { NOT_HEARD_OF } from './host-run-ends';
import type { HostRunRecord, RunTry } from './host-runs';

/** What is said of a try that has failed. */
export interface FailedTry {
  /** Its host could not be reached, so nothing has begun. */
  isUnreachable: boolean;
  exitCode: number | null;
  reason: string;
  isLogCut: boolean;
  /** A line that is put at the end of the log. */
  marker: Buffer;
  /** Until the next try. */
  waitSeconds: number;
}

/**
 * Has a run that has failed tried again, in one statement: the next try has an id of its own on the host, and a log that is
 * read from its beginning; what is kept of the logs stands one after the other. Nothing of it is sent before `beginTry`.
 *
 * @returns the run as it is now; undefined when it has ended, or somebody else has had it tried again
 */
export async function planNextTry(
  db: DbOrTransaction,
  { id, host_try }: RunTry,
  { isUnreachable, exitCode, reason, isLogCut, marker, waitSeconds }: FailedTry,
): Promise<HostRunRecord | undefined> {
  const { rows } = await sql<HostRunRecord>`
    with planned as (
      update host_runs set status = 'starting', host_try = host_try + 1, try_at = now() + ${waitSeconds} * interval '1 second',
             exit_code = ${exitCode}, reason = ${reason}, is_log_cut = is_log_cut or ${isLogCut}, read_bytes = 0, reached_at = null,
             log_bytes = log_bytes + ${marker.length}
       where id = ${id} and host_try = ${host_try} and status in ('starting', 'running') and not is_unwanted
         and (${!isUnreachable} or ${NOT_HEARD_OF})
      returning *
    ), marked as (
      insert into host_logs (run_id, at_byte, bytes) select id, log_bytes - ${marker.length}, ${marker} from planned
    )
    select * from planned`.execute(db);
  return rows[0];
}

/**
 * Begins a planned try: from then on it may have been sent.
 *
 * @returns the run; undefined when it has ended, or somebody else has begun it
 */
export function beginTry(db: DbOrTransaction, { id, host_try }: RunTry): Promise<HostRunRecord | undefined> {
  return db
    .updateTable('host_runs')
    .set({ try_at: null, exit_code: null, reason: '' })
    .where('id', '=', id)
    .where('host_try', '=', host_try)
    .where('status', '=', 'starting')
    .where('try_at', 'is not', null)
    .returningAll()
    .executeTakeFirst();
}
