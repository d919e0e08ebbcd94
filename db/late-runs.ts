import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { HostRunEnd } from './host-run-ends';
import { type SteppedRun, selectWithStep } from './host-runs';

/**
 * Lost runs whose hosts may still say how they ended: the oldest first.
 *
 * @param except runs that are left out
 */
export async function listLost(
  db: DbOrTransaction,
  { limit, except = [] }: { limit: number; except?: readonly string[] },
): Promise<SteppedRun[]> {
  const { rows } = await sql<SteppedRun>`
    ${selectWithStep}
     where runs.ask_until > now() and runs.status = 'lost' and runs.host_id is not null
       and runs.id <> all (${except}::bigint[])
     order by runs.id limit ${limit}`.execute(db);
  return rows;
}

/** Asks no more for those for which that is long enough. */
export async function stopAsking(db: DbOrTransaction): Promise<void> {
  await sql`update host_runs set ask_until = null where ask_until <= now()`.execute(db);
}

/** How a lost run ended on its host after all. */
export interface LateEnd {
  status: HostRunEnd | 'not_run';
  exitCode: number | null;
}

/**
 * Writes how a lost run ended, without changing how it counts; undefined: its host does not know.
 *
 * @returns whether that is news
 */
export async function noteLateEnd(db: DbOrTransaction, runId: string, late: LateEnd | undefined): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('host_runs')
    .set({
      ask_until: null,
      ...(late ? { late_status: late.status, late_exit_code: late.exitCode, late_at: sql`now()` } : {}),
    })
    .where('id', '=', runId)
    .where('status', '=', 'lost')
    .where('ask_until', 'is not', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
