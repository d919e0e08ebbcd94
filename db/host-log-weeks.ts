import { sql } from 'kysely';
import type { Db, DbOrTransaction } from './connection';
import { tryLock } from './locks';

/** Weeks that are there before they begin. */
const AHEAD = 4;
/** While we wait for a lock on the logs, those who come after us wait too. */
const LOCK_TIMEOUT = '100ms';
/** To look through what was written in weeks that nobody had made. */
const STATEMENT_TIMEOUT = '2s';
const LOCK = 'weeks of host_logs';
const DAY_MS = 24 * 3600_000;
const WEEK_MS = 7 * DAY_MS;
/** Rows of one statement. */
const MOST_DELETED = 10_000;

/** SQLSTATEs: a lock was not to be had in time, a statement took too long. */
const TOO_BUSY = ['55P03', '57014'];
/** SQLSTATEs: rows of that week are elsewhere already; the table is there already; it is a partition already. */
const NOT_TO_BE_MADE = ['23514', '42P07'];

/** A partition of the logs: what was written in a week, from Monday on in UTC. */
export interface LogWeek {
  table: string;
  from: Date;
  to: Date;
}

/** What was done to the weeks. */
export interface LogWeeksKept {
  made: string[];
  dropped: string[];
  /** Rows outside of all weeks that were too old. */
  deleted: number;
  /** All that there was to do is done; otherwise others held the logs, and it is to be tried again. */
  isDone: boolean;
}

/** The weeks that there are, the oldest first. */
export async function listLogWeeks(db: DbOrTransaction): Promise<LogWeek[]> {
  const { rows } = await sql<{ table: string }>`
    select relname as "table" from pg_inherits join pg_class on pg_class.oid = inhrelid
     where inhparent = 'host_logs'::regclass and relname ~ '^host_logs_[0-9]{8}$' order by relname`.execute(db);
  return rows.map(({ table }) => {
    const [, year, month, day] = /(\d{4})(\d{2})(\d{2})$/.exec(table)!;
    return weekFrom(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  });
}

/**
 * Makes the weeks that come, and drops those whose last day is older than `days`. Nobody who reads or writes logs waits for
 * it longer than a moment: what cannot be done at once is left for another time. Where another process is at it, it is
 * left to that one.
 */
export async function keepLogWeeks(db: Db, { days }: { days: number }): Promise<LogWeeksKept> {
  const kept: LogWeeksKept = { made: [], dropped: [], deleted: 0, isDone: true };
  const { rows } = await sql<{ now: Date }>`select now() as now`.execute(db);
  const now = rows[0]!.now.getTime();
  const oldest = now - days * DAY_MS;
  const there = await listLogWeeks(db);
  for (const week of weeksAhead(now).filter(({ table }) => !there.some((known) => known.table === table))) {
    const outcome = await attempt(db, (tx) => makeWeek(tx, week));
    if (outcome === 'done') kept.made.push(week.table);
    if (outcome === 'busy') kept.isDone = false;
  }
  for (const { table } of there.filter(({ to }) => to.getTime() <= oldest)) {
    const outcome = await attempt(db, async (tx) => void (await sql`drop table ${sql.table(table)}`.execute(tx)));
    if (outcome === 'done') kept.dropped.push(table);
    else kept.isDone = false;
  }
  kept.deleted = await deleteOld(db, new Date(oldest));
  if (kept.deleted === MOST_DELETED) kept.isDone = false;
  return kept;
}

function weeksAhead(now: number): LogWeek[] {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const monday = today - ((new Date(today).getUTCDay() + 6) % 7) * DAY_MS;
  return Array.from({ length: AHEAD + 1 }, (_, n) => weekFrom(monday + n * WEEK_MS));
}

function weekFrom(from: number): LogWeek {
  const table = `host_logs_${new Date(from).toISOString().slice(0, 10).replaceAll('-', '')}`;
  return { table, from: new Date(from), to: new Date(from + WEEK_MS) };
}

/** Attached, because a partition that is made as one locks all of the logs. */
async function makeWeek(tx: DbOrTransaction, { table, from, to }: LogWeek): Promise<void> {
  await sql`create table ${sql.table(table)} (like host_logs including all)`.execute(tx);
  await sql`
    alter table host_logs attach partition ${sql.table(table)}
      for values from (${sql.lit(from.toISOString())}) to (${sql.lit(to.toISOString())})`.execute(tx);
}

/** `left`: another process is at it, or it cannot be made any more. */
type Outcome = 'done' | 'busy' | 'left';

async function attempt(db: Db, work: (tx: DbOrTransaction) => Promise<void>): Promise<Outcome> {
  try {
    return await db.transaction().execute(async (tx): Promise<Outcome> => {
      if (!(await tryLock(tx, LOCK))) return 'left';
      await sql`set local lock_timeout = ${sql.lit(LOCK_TIMEOUT)}`.execute(tx);
      await sql`set local statement_timeout = ${sql.lit(STATEMENT_TIMEOUT)}`.execute(tx);
      await work(tx);
      return 'done';
    });
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== undefined && TOO_BUSY.includes(code)) return 'busy';
    // What was written into that week before it was made stays outside of it, and is deleted by its age.
    if (code !== undefined && NOT_TO_BE_MADE.includes(code)) return 'left';
    throw error;
  }
}

async function deleteOld(db: Db, before: Date): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from host_logs_default where ctid = any (array(
      select ctid from host_logs_default where written_at < ${before} limit ${MOST_DELETED}))`.execute(db);
  return Number(numAffectedRows);
}
