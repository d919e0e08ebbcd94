import { sql } from 'kysely';
import { connect, type Db } from '../../db/connection';
import { keepLogWeeks, listLogWeeks } from '../../db/host-log-weeks';
import { appendLogs, findKeptAfter, readBeginnings, readLog } from '../../db/host-logs';
import { claimRuns } from '../../db/host-runs';
import { createDatabase } from '../support/database';
import { makeHostStep } from '../support/host-steps';

const DAY_MS = 24 * 3600_000;

describe("the weeks of hosts' logs", () => {
  let db: Db;
  let drop: () => Promise<void>;

  beforeEach(async () => {
    const database = await createDatabase();
    drop = database.drop;
    db = connect(database.url, { maxConnections: 4 });
  });
  afterEach(async () => {
    await db.destroy();
    await drop();
  });

  async function writtenRun(...texts: string[]): Promise<string> {
    const stepId = await makeHostStep(db, 1);
    const [run] = await claimRuns(db, { stepId, part: 0, limit: 1 });
    let at = 0;
    for (const text of texts) {
      const bytes = Buffer.from(text);
      await appendLogs(db, [
        { runId: run!.id, hostTry: 1, readFrom: at, readTo: at + bytes.length, hasValues: false, bytes },
      ]);
      at += bytes.length;
    }
    return run!.id;
  }

  /** Puts the pieces of a run up to a byte, and the run itself, into the past. */
  async function age(runId: string, then: Date, upTo = Number.MAX_SAFE_INTEGER): Promise<void> {
    await db.updateTable('host_runs').set({ started_at: then }).where('id', '=', runId).execute();
    await sql`update host_logs set written_at = ${then} where run_id = ${runId} and at_byte <= ${upTo}`.execute(db);
  }

  /** A week that ended more than 28 and less than 50 days ago, which nobody can make any more. */
  async function pastWeek(): Promise<{ table: string; middle: Date }> {
    const weeks = await listLogWeeks(db);
    const from = new Date(weeks[0]!.from.getTime() - 6 * 7 * DAY_MS);
    const table = `host_logs_${from.toISOString().slice(0, 10).replaceAll('-', '')}`;
    await sql`create table ${sql.table(table)} partition of host_logs for values
      from (${sql.lit(from.toISOString())}) to (${sql.lit(new Date(from.getTime() + 7 * DAY_MS).toISOString())})`.execute(
      db,
    );
    return { table, middle: new Date(from.getTime() + 3 * DAY_MS) };
  }

  const rowsOf = async (table: string) =>
    Number((await sql<{ n: string }>`select count(*) as n from ${sql.table(table)}`.execute(db)).rows[0]!.n);
  const textOf = async (id: string, from = 0) => String(await readLog(db, id, { from, maxBytes: 1000 }));

  it('are there for this week and the next four, once each, whoever makes them', async () => {
    const kept = await Promise.all([1, 2, 3].map(() => keepLogWeeks(db, { days: 30 })));
    await keepLogWeeks(db, { days: 30 });

    const weeks = await listLogWeeks(db);
    expect(weeks).toHaveLength(5);
    expect(kept.flatMap(({ made }) => made).length).toBeLessThanOrEqual(5);
    for (const [index, { from, to }] of weeks.entries()) {
      expect([from.getUTCDay(), to.getTime() - from.getTime()]).toEqual([1, 7 * DAY_MS]);
      if (index > 0) expect(from).toEqual(weeks[index - 1]!.to);
    }
    const id = await writtenRun('a log');
    expect(await textOf(id)).toBe('a log');
    expect(await rowsOf('host_logs_default')).toBe(0);
    expect(await keepLogWeeks(db, { days: 30 })).toEqual({ made: [], dropped: [], deleted: 0, isDone: true });
  });

  it('are not needed to write: what is there before them stays where it is, and keeps no later week away', async () => {
    const id = await writtenRun('before any week');

    const { made, isDone } = await keepLogWeeks(db, { days: 30 });

    // That of today cannot be made: some of it is elsewhere.
    expect({ weeks: made.length, isDone }).toEqual({ weeks: 4, isDone: true });
    expect(await rowsOf('host_logs_default')).toBe(1);
    expect(await textOf(id)).toBe('before any week');
    await age(id, new Date(Date.now() - 31 * DAY_MS));
    expect((await keepLogWeeks(db, { days: 30 })).deleted).toBe(1);
    expect(await textOf(id)).toBe('');
  });

  it('are dropped when they are older, and nothing else is', async () => {
    await keepLogWeeks(db, { days: 30 });
    const { table: week, middle } = await pastWeek();
    const [old, fresh] = [await writtenRun('old'), await writtenRun('fresh')];
    await age(old, middle);
    expect(await rowsOf(week)).toBe(1);
    expect((await keepLogWeeks(db, { days: 50 })).dropped).toEqual([]);
    expect(await textOf(old)).toBe('old');

    expect((await keepLogWeeks(db, { days: 28 })).dropped).toEqual([week]);

    expect([await textOf(old), await textOf(fresh)]).toEqual(['', 'fresh']);
    expect((await readBeginnings(db, [old, fresh], 100)).get(old)).toMatchObject({ size: 3, isDropped: true });
    expect(await listLogWeeks(db)).toHaveLength(5);
  });

  it('are left alone while somebody holds them, and dropped afterwards', async () => {
    await keepLogWeeks(db, { days: 30 });
    const { table: week } = await pastWeek();

    await db.transaction().execute(async (tx) => {
      await sql`select * from host_logs`.execute(tx);
      expect(await keepLogWeeks(db, { days: 28 })).toMatchObject({ dropped: [], isDone: false });
    });

    expect((await keepLogWeeks(db, { days: 28 })).dropped).toEqual([week]);
  });

  it('let a log be read from where it is still kept', async () => {
    await keepLogWeeks(db, { days: 30 });
    const { middle } = await pastWeek();
    const id = await writtenRun('dropped ', 'kept');
    await age(id, middle, 0);
    expect(await textOf(id)).toBe('dropped kept');

    await keepLogWeeks(db, { days: 28 });

    expect(await textOf(id)).toBe('');
    expect(await findKeptAfter(db, id, 0)).toBe(8);
    expect([await textOf(id, 8), await textOf(id, 10)]).toEqual(['kept', 'pt']);
    expect(await findKeptAfter(db, id, 8)).toBeUndefined();
  });

  it('before the start of a run are not looked into', async () => {
    await keepLogWeeks(db, { days: 30 });
    const { table: week } = await pastWeek();
    const id = await writtenRun('new');

    const { rows } = await sql<{ 'QUERY PLAN': string }>`
      explain (analyze, costs off, timing off) select bytes from host_logs where run_id = ${sql.lit(id)}
        and written_at >= (select started_at - interval '1 day' from host_runs where id = ${sql.lit(id)})`.execute(db);

    const plan = rows.map((row) => row['QUERY PLAN']);
    const scans = plan.flatMap((line, at) => (line.includes(week) ? [plan.slice(at, at + 4).join(' ')] : []));
    for (const scan of scans) expect(scan).toContain('never executed');
    expect(await textOf(id)).toBe('new');
  });
});
