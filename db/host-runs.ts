import { type Selectable, sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import { HAS_ITS_TURN } from './host-locks';
import type { StepKey } from './host-steps';
import type { Database, HostRunStatus } from './schema';

export type HostRunRecord = Selectable<Database['host_runs']>;

/** In which of its states a run has begun, or may have, and has not ended. */
export const OPEN = ['starting', 'running'] as const;

/** The attempt of a run, `nodes`, is over: one that has yet to begin is not. */
export const HAS_ENDED = sql`nodes.status in ('FINISHED', 'FAILED', 'REVOKED')`;

/**
 * Takes runs that wait, the first ones first: nobody else gets them. When more have failed than may, none is given, and all
 * that wait are `not_run`. Whether that is so is read in the same statement, so a failure that is written counts for
 * every run that is claimed after it. A step that locks its hosts passes over those on which another such step works, or whose
 * turn it is.
 *
 * @returns the claimed runs, in status `starting`
 */
export async function claimRuns(
  db: DbOrTransaction,
  { stepId, part, limit }: { stepId: number; part: number; limit: number },
): Promise<HostRunRecord[]> {
  const { rows } = await sql<HostRunRecord>`
    with step as (
      select id, locks_hosts, coalesce(failed > max_failed, false) as is_over, coalesce(deadline <= now(), false) as is_late
        from host_steps where id = ${stepId} for share
    ), over as (
      select id, locks_hosts, is_over or is_late as is_over, is_late from step
    ), next as (
      select runs.id, runs.host_id, step.is_over, step.is_late, step.locks_hosts and not step.is_over as locks
        from host_runs runs, over step
       where runs.step_id = step.id and runs.status = 'waiting'
         and (step.is_over or not step.locks_hosts or ${HAS_ITS_TURN})
       order by runs.place limit (select case when is_over then null else ${limit}::integer end from over)
         for update of runs skip locked
    ), locked as (
      -- In one order by all: none waits for another that waits for it.
      insert into host_locks (host_id, run_id)
      select host_id, id from next where locks and host_id is not null order by host_id
      on conflict do nothing returning run_id
    )
    update host_runs runs
       set status = case when next.is_over then 'not_run' else 'starting' end,
           part = ${part},
           started_at = case when next.is_over then null else now() end,
           ended_at = case when next.is_over then now() end,
           reason = case when next.is_late then 'its time was over before it was begun'
                         when next.is_over then 'more hosts have failed than may' else '' end
      from next
     where runs.id = next.id and (not next.locks or next.host_id is null or next.id in (select run_id from locked))
    returning runs.*`.execute(db);
  return rows.filter(({ status }) => status === 'starting').sort((a, b) => a.place - b.place);
}

/**
 * The runs that a part has claimed and that have not ended: whoever does its work again finds them so. Where there are fewer
 * parts now, those of the others are shared among them.
 */
export function listOpenRuns(
  db: DbOrTransaction,
  { stepId, part, of }: { stepId: number; part: number; of: number },
): Promise<HostRunRecord[]> {
  return db
    .selectFrom('host_runs')
    .selectAll()
    .where('step_id', '=', stepId)
    .where(sql<boolean>`part % ${of} = ${part}`)
    .where('status', 'in', OPEN)
    .orderBy('place')
    .execute();
}

/** Which run it is: whoever goes on with an earlier try of it has nothing to say any more. */
export type RunTry = Pick<HostRunRecord, 'id' | 'host_try'>;

/** Notes that a run was heard of on its host: nothing is wrong with it any more. */
export async function noteReached(db: DbOrTransaction, run: RunTry): Promise<void> {
  await openTry(db, run).set({ status: 'running', reached_at: sql`now()`, reason: '' }).execute();
}

/** Says in the row of a run what keeps it from being heard of meanwhile. */
export async function noteTrouble(db: DbOrTransaction, run: RunTry, reason: string): Promise<void> {
  await openTry(db, run).set({ reason }).where('reason', '<>', reason).execute();
}

function openTry(db: DbOrTransaction, { id, host_try }: RunTry) {
  return db.updateTable('host_runs').where('id', '=', id).where('host_try', '=', host_try).where('status', 'in', OPEN);
}

/** A run with what is to be known of its step, in whose name nobody works on it any more. */
export interface SteppedRun extends HostRunRecord {
  step: StepKey & { projectId: number; account: string | null; timeoutSeconds: number };
  /** Of the attempt, with secrets sealed. */
  inputs: Record<string, unknown>;
  /** When the attempt has ended. */
  givenUpAt: Date | null;
}

/** `select … from …` of SteppedRun: the run is `runs`, its attempt `nodes`. */
export const selectWithStep = sql`
    select runs.*, coalesce(nodes.inputs, '{}'::json) as inputs, nodes.finished_at as "givenUpAt",
           json_build_object('taskId', steps.task_id, 'nodeId', steps.node_id, 'loop', steps.loop, 'retry', steps.retry,
                             'ordinal', steps.ordinal, 'projectId', steps.project_id, 'account', steps.account, 'timeoutSeconds', steps.timeout_seconds) as step
      from host_runs runs join host_steps steps on steps.id = runs.step_id
      join node_executions nodes using (task_id, node_id, loop, retry)`;

/**
 * Runs that have begun on their hosts, or may have, of attempts that are not under way any more, and those that somebody has
 * ended: the oldest first.
 *
 * @param except runs that are left out
 */
export async function listAbandoned(
  db: DbOrTransaction,
  { limit, except = [] }: { limit: number; except?: readonly string[] },
): Promise<SteppedRun[]> {
  const { rows } = await sql<SteppedRun>`
    ${selectWithStep}
     where runs.status in (${sql.join(OPEN)}) and runs.try_at is null and (${HAS_ENDED} or runs.is_unwanted)
       and steps.kind = 'script' and runs.id <> all (${except}::bigint[])
     order by runs.id limit ${limit}`.execute(db);
  return rows;
}

/** Where a run is found: its step, and its place in that. */
export interface RunAddress {
  stepId: number;
  place: number;
}

/** A run with where the one is that has done its work before. */
export interface PlacedRun extends HostRunRecord {
  doneBy: RunAddress | null;
}

/** Which runs of a step; absent: all. */
interface RunFilter {
  status?: HostRunStatus | undefined;
  address?: string | undefined;
}

/** Runs of a step after a place in its order. */
export async function listRuns(
  db: DbOrTransaction,
  stepId: number,
  { status, address, after, limit }: RunFilter & { after: number; limit: number },
): Promise<PlacedRun[]> {
  const runs = placedRuns(db)
    .where('runs.step_id', '=', stepId)
    .where('runs.place', '>', after)
    .$if(status !== undefined, (all) => all.where('runs.status', '=', status!))
    .$if(address !== undefined, (all) => all.where('runs.address', '=', address!));
  return (await runs.orderBy('runs.place').limit(limit).execute()).map(toPlaced);
}

export async function findRunAt(db: DbOrTransaction, { stepId, place }: RunAddress): Promise<PlacedRun | undefined> {
  const ofStep = placedRuns(db).where('runs.step_id', '=', stepId);
  const run = await ofStep.where('runs.place', '=', place).executeTakeFirst();
  return run && toPlaced(run);
}

/** Runs with where the ones are that have done their work before, as columns; `toPlaced` makes them what they are. */
export function placedRuns(db: DbOrTransaction) {
  return db
    .selectFrom('host_runs as runs')
    .leftJoin('host_runs as done', 'done.id', 'runs.from_run')
    .selectAll('runs')
    .select(['done.step_id as done_step', 'done.place as done_place']);
}

export function toPlaced<R extends { done_step: number | null; done_place: number | null }>({
  done_step: stepId,
  done_place: place,
  ...run
}: R) {
  return { ...run, doneBy: stepId === null || place === null ? null : { stepId, place } };
}

/** A run that has written something. */
export type WrittenRun = Pick<HostRunRecord, 'id' | 'step_id' | 'place' | 'host_id' | 'name' | 'address' | 'log_bytes'>;

/** The runs of a step, or of all steps of a task, that have written something: from one on, by step and place. */
export async function listWritten(
  db: DbOrTransaction,
  where: { projectId: number } & ({ stepId: number } | { taskId: number }),
  from: RunAddress,
  limit: number,
): Promise<WrittenRun[]> {
  const chosen = 'stepId' in where ? sql`steps.id = ${where.stepId}` : sql`steps.task_id = ${where.taskId}`;
  const { rows } = await sql<WrittenRun>`
    select runs.id, step_id, place, host_id, runs.name, address, log_bytes
      from host_runs runs join host_steps steps on steps.id = runs.step_id
     where steps.project_id = ${where.projectId} and ${chosen} and log_bytes > 0
       and (step_id, place) >= (${from.stepId}::integer, ${from.place}::integer)
     order by step_id, place limit ${limit}`.execute(db);
  return rows;
}
