import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';

/** Whoever has not asked for a host for so long does not stand in anybody's way any more. */
const ASKED_WITHIN = sql`interval '3 minutes'`;

/**
 * Of a row `runs` that waits, whose step locks its hosts: no such step works on its host, and of those that wait for the
 * host none has asked before. Who has not asked at all comes last.
 */
export const HAS_ITS_TURN = sql<boolean>`(
  not exists (select from host_locks where host_locks.host_id = runs.host_id)
  and not exists (
    select from host_runs other
     where other.host_id = runs.host_id and other.status = 'waiting' and other.lock_seen_at > now() - ${ASKED_WITHIN}
       and (other.lock_asked_at, other.id) < (coalesce(runs.lock_asked_at, 'infinity'), runs.id)))`;

/**
 * Puts the first runs of a step that wait into the lines for their hosts, or has them stay there: to be said again every
 * minute or so.
 *
 * @returns how many there are
 */
export async function askForHosts(
  db: DbOrTransaction,
  { stepId, limit }: { stepId: number; limit: number },
): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    update host_runs runs set lock_asked_at = coalesce(runs.lock_asked_at, clock_timestamp()), lock_seen_at = now()
      from (select id from host_runs where step_id = ${stepId} and status = 'waiting'
             order by place limit ${limit} for update skip locked) mine
     where runs.id = mine.id`.execute(db);
  return Number(numAffectedRows);
}

/** Whether a step that locks its hosts could begin one now. */
export async function hasFreeHost(db: DbOrTransaction, stepId: number): Promise<boolean> {
  const { rows } = await sql`
    select from host_runs runs where step_id = ${stepId} and status = 'waiting' and ${HAS_ITS_TURN} limit 1`.execute(
    db,
  );
  return rows.length > 0;
}

/** A host that a step waits for. */
export interface AwaitedHost {
  address: string;
  /** Whose step works on it; null: it is another's turn, or nobody's any more. */
  taskId: number | null;
  /** Since when the step waits for it; null: it has not asked yet. */
  since: Date | null;
}

/** The first hosts that a step waits for, and who has them. */
export async function listAwaitedHosts(db: DbOrTransaction, stepId: number, limit: number): Promise<AwaitedHost[]> {
  const { rows } = await sql<AwaitedHost>`
    select runs.address, steps.task_id as "taskId", runs.lock_asked_at as since
      from host_runs runs left join host_locks on host_locks.host_id = runs.host_id
      left join host_runs holder on holder.id = host_locks.run_id left join host_steps steps on steps.id = holder.step_id
     where runs.step_id = ${stepId} and runs.status = 'waiting' order by runs.place limit ${limit}`.execute(db);
  return rows;
}
