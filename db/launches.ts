import type { Selectable } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { Database, LaunchState } from './schema';

export type LaunchRecord = Selectable<Database['launches']>;

/** A launch is known by its schedule (`periodic-<id>`, `clocked-<id>`) and the time that it is for. */
export interface LaunchKey {
  schedule: string;
  nominalAt: Date;
}

/** Launches of a schedule that are looked at for tasks that still run. */
const RECENT = 20;

/** Writes what is decided about a launch: the first decision, or one after `waiting`. */
export async function decideLaunch(
  db: DbOrTransaction,
  { schedule, nominalAt }: LaunchKey,
  { state, reason = '' }: { state: LaunchState; reason?: string },
): Promise<void> {
  await db
    .insertInto('launches')
    .values({ schedule, nominal_at: nominalAt, state, ex_data: reason, task_id: null })
    .onConflict((on) =>
      on
        .columns(['schedule', 'nominal_at'])
        .doUpdateSet({ state, ex_data: reason })
        .where('launches.state', '=', 'waiting'),
    )
    .execute();
}

export function findLaunch(db: DbOrTransaction, { schedule, nominalAt }: LaunchKey): Promise<LaunchRecord | undefined> {
  return db
    .selectFrom('launches')
    .selectAll()
    .where('schedule', '=', schedule)
    .where('nominal_at', '=', nominalAt)
    .executeTakeFirst();
}

/** Notes the task that a launch made; false when it has ended otherwise meanwhile. */
export async function recordLaunchedTask(
  db: DbOrTransaction,
  { schedule, nominalAt }: LaunchKey,
  taskId: number,
): Promise<boolean> {
  const recorded = await db
    .updateTable('launches')
    .set({ state: 'launched', task_id: taskId })
    .where('schedule', '=', schedule)
    .where('nominal_at', '=', nominalAt)
    .where('state', '=', 'creating')
    .executeTakeFirst();
  return recorded.numUpdatedRows === 1n;
}

/** Notes that a launch did not work: no task, or one that could not be started. */
export async function failLaunch(
  db: DbOrTransaction,
  { schedule, nominalAt }: LaunchKey,
  reason: string,
): Promise<void> {
  await db
    .updateTable('launches')
    .set({ state: 'failed', ex_data: reason })
    .where('schedule', '=', schedule)
    .where('nominal_at', '=', nominalAt)
    .where('state', 'in', ['waiting', 'creating', 'launched'])
    .execute();
}

/**
 * The task of an earlier launch of the schedule that has not ended, or null for one that is just being made; undefined
 * when there is none.
 */
export async function findUnendedLaunch(
  db: DbOrTransaction,
  { schedule, nominalAt }: LaunchKey,
  { madeAfter }: { madeAfter: Date },
): Promise<{ taskId: number | null } | undefined> {
  const recent = db
    .selectFrom('launches')
    .select(['task_id', 'state', 'created_at'])
    .where('schedule', '=', schedule)
    .where('nominal_at', '<>', nominalAt)
    .where('state', 'in', ['creating', 'launched'])
    .orderBy('nominal_at', 'desc')
    .limit(RECENT);
  const row = await db
    .selectFrom(recent.as('recent'))
    .leftJoin('tasks', 'tasks.id', 'recent.task_id')
    .select('recent.task_id as taskId')
    .where(({ and, or, eb }) =>
      or([
        and([eb('recent.state', '=', 'creating'), eb('recent.created_at', '>', madeAfter)]),
        and([
          eb('recent.state', '=', 'launched'),
          eb('tasks.phase', '<>', 'ended'),
          eb('tasks.is_deleted', '=', false),
        ]),
      ]),
    )
    .limit(1)
    .executeTakeFirst();
  return row;
}

/** Whether another launch of the schedule waits for its turn. */
export async function hasWaitingLaunch(db: DbOrTransaction, { schedule, nominalAt }: LaunchKey): Promise<boolean> {
  const waiting = await db
    .selectFrom('launches')
    .select('nominal_at')
    .where('schedule', '=', schedule)
    .where('state', '=', 'waiting')
    .where('nominal_at', '<>', nominalAt)
    .limit(1)
    .executeTakeFirst();
  return waiting !== undefined;
}

/** The times from one until another, both included, for which a schedule has a launch, whatever came of it. */
export async function listLaunchedTimes(
  db: DbOrTransaction,
  schedule: string,
  { from, until }: { from: Date; until: Date },
): Promise<Date[]> {
  const launches = await db
    .selectFrom('launches')
    .select('nominal_at')
    .where('schedule', '=', schedule)
    .where('nominal_at', '>=', from)
    .where('nominal_at', '<=', until)
    .execute();
  return launches.map(({ nominal_at }) => nominal_at);
}

/** A page of a schedule's launches, newest first, and how many there are. */
export async function listLaunches(
  db: DbOrTransaction,
  schedule: string,
  { limit, offset }: { limit: number; offset: number },
): Promise<{ launches: LaunchRecord[]; count: number }> {
  const all = db.selectFrom('launches').where('schedule', '=', schedule);
  const launches = await all.selectAll().orderBy('nominal_at', 'desc').limit(limit).offset(offset).execute();
  const { count } = await all.select(({ fn }) => fn.countAll<string>().as('count')).executeTakeFirstOrThrow();
  return { launches, count: Number(count) };
}
