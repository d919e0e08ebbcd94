import { connect, type Db } from '../../db/connection';
import { endEarlier, findLastRuns } from '../../db/earlier-runs';
import { appendLogs, readLog } from '../../db/host-logs';
import { endRuns, type HostRunEnd } from '../../db/host-run-ends';
import {
  claimRuns,
  type HostRunRecord,
  listAbandoned,
  listOpenRuns,
  noteReached,
  noteTrouble,
} from '../../db/host-runs';
import { tallyRuns } from '../../db/host-steps';
import { beginTry, planNextTry } from '../../db/host-tries';
import { createDatabase } from '../support/database';
import { endRun, makeHostStep } from '../support/host-steps';

describe('runs on hosts', () => {
  let drop: () => Promise<void>;
  let db: Db;

  beforeAll(async () => {
    const database = await createDatabase();
    drop = database.drop;
    db = connect(database.url, { maxConnections: 8 });
  });
  afterAll(async () => {
    await db.destroy();
    await drop();
  });

  const makeStep = (count: number, options = {}) => makeHostStep(db, count, options);
  const end = (run: HostRunRecord, status: HostRunEnd) => endRun(db, run, { status, exitCode: 0, reason: '' });

  it('are there once, however often their step is opened', async () => {
    const stepId = await makeStep(5);
    expect(await tallyRuns(db, stepId)).toEqual({ waiting: 5 });
  });

  it('are, for a retry, as they have ended after all where they were lost and that was heard later', async () => {
    const stepId = await makeStep(2);
    const [heard, unheard] = (await claimRuns(db, { stepId, part: 0, limit: 2 })) as [HostRunRecord, HostRunRecord];
    for (const run of [heard, unheard]) await end(run, 'lost');
    const late = { late_status: 'failed', late_exit_code: 7, late_at: new Date() } as const;
    await db.updateTable('host_runs').set(late).where('id', '=', heard.id).execute();
    const { task_id: taskId } = await db
      .selectFrom('host_steps')
      .select('task_id')
      .where('id', '=', stepId)
      .executeTakeFirstOrThrow();

    const last = await findLastRuns(db, { taskId, nodeId: 'n1', loop: 1, retry: 1, ordinal: 1 });

    expect(last.get(heard.host_id!)).toMatchObject({ runId: heard.id, status: 'failed', exitCode: 7 });
    expect(last.get(unheard.host_id!)).toMatchObject({ runId: unheard.id, status: 'lost', exitCode: 0 });
  });

  it('are claimed once each by whoever asks at the same moment, in the order of their hosts', async () => {
    const stepId = await makeStep(300);
    const claimed = await Promise.all(
      Array.from({ length: 8 }, async (_, part) => {
        const mine: HostRunRecord[] = [];
        for (;;) {
          const some = await claimRuns(db, { stepId, part, limit: 7 });
          if (some.length === 0) return mine;
          mine.push(...some);
        }
      }),
    );

    const places = claimed.flatMap((runs) => runs.map(({ place }) => place));
    expect(new Set(places).size).toBe(300);
    expect(places).toHaveLength(300);
    for (const runs of claimed)
      expect(runs.map(({ place }) => place)).toEqual(runs.map(({ place }) => place).sort((a, b) => a - b));
    expect(await tallyRuns(db, stepId)).toEqual({ starting: 300 });
  });

  it('are found again by the part that has claimed them, until they have ended', async () => {
    const stepId = await makeStep(3);
    const [first, second] = await claimRuns(db, { stepId, part: 4, limit: 2 });
    await noteReached(db, first!);
    await end(second!, 'ok');

    const open = await listOpenRuns(db, { stepId, part: 4, of: 8 });
    expect(open.map(({ id, status }) => [id, status])).toEqual([[first!.id, 'running']]);
    expect(await listOpenRuns(db, { stepId, part: 5, of: 8 })).toEqual([]);
    // Where there are fewer parts now, one of them has it.
    expect(await listOpenRuns(db, { stepId, part: 1, of: 3 })).toHaveLength(1);
  });

  it('end once', async () => {
    const stepId = await makeStep(1, { maxFailed: 0 });
    const [run] = await claimRuns(db, { stepId, part: 0, limit: 1 });

    const ended = [await end(run!, 'failed'), ...(await Promise.all([end(run!, 'lost'), end(run!, 'ok')]))];
    expect(ended).toEqual([true, false, false]);
    expect(
      (await db.selectFrom('host_steps').select('failed').where('id', '=', stepId).executeTakeFirstOrThrow()).failed,
    ).toBe(1);
    await noteReached(db, run!);
    expect(await tallyRuns(db, stepId)).toEqual({ failed: 1 });
  });

  it('of several steps end together, each as it has and counted for its own step', async () => {
    const steps = [await makeStep(3), await makeStep(3)];
    const claimed = await Promise.all(steps.map((stepId) => claimRuns(db, { stepId, part: 0, limit: 3 })));
    const [[one, two, three], [four, five, six]] = claimed as [HostRunRecord[], HostRunRecord[]];
    await noteReached(db, two!);
    await end(three!, 'cancelled');
    const nextTry = { ...six!, host_try: six!.host_try + 1 };

    const ended = await endRuns(db, [
      { ...one!, status: 'failed', exitCode: 7, reason: 'it failed', isLogCut: true },
      { ...two!, status: 'unreachable', reason: 'it was not reached' },
      { ...three!, status: 'ok', exitCode: 0, reason: '' },
      { ...four!, status: 'failed', exitCode: null, reason: 'a signal' },
      { ...five!, status: 'lost', reason: 'nobody knows', askUntil: new Date(2_000_000_000_000) },
      { ...nextTry, status: 'ok', exitCode: 0, reason: '' },
    ]);

    expect([...ended].sort()).toEqual([one!.id, four!.id, five!.id].sort());
    const rows = await db.selectFrom('host_runs').selectAll().where('step_id', 'in', steps).orderBy('id').execute();
    const shown = rows.map((row) => [row.status, row.exit_code, row.reason, row.is_log_cut, row.reached_at !== null]);
    expect(shown).toEqual([
      ['failed', 7, 'it failed', true, true],
      ['running', null, '', false, true],
      ['cancelled', 0, '', false, true],
      ['failed', null, 'a signal', false, true],
      ['lost', null, 'nobody knows', false, false],
      ['starting', null, '', false, false],
    ]);
    expect(rows.map(({ ask_until }) => ask_until?.getTime())[4]).toBe(2_000_000_000_000);
    const counted = await db.selectFrom('host_steps').select('failed').where('id', 'in', steps).orderBy('id').execute();
    expect(counted.map(({ failed }) => failed)).toEqual([1, 2]);
  });

  it('are begun no more once more hosts have failed than may, and not one before', async () => {
    const stepId = await makeStep(10, { maxFailed: 2 });
    const failures: HostRunEnd[] = ['failed', 'unreachable', 'lost'];
    for (const status of failures) {
      const [run] = await claimRuns(db, { stepId, part: 0, limit: 1 });
      expect(run).toBeDefined();
      await end(run!, status);
    }

    expect(await claimRuns(db, { stepId, part: 0, limit: 1 })).toEqual([]);
    expect(await tallyRuns(db, stepId)).toEqual({ failed: 1, unreachable: 1, lost: 1, not_run: 7 });
  });

  it('never fail on more hosts than may and are under way at once, whoever claims and ends meanwhile', async () => {
    const stepId = await makeStep(200, { maxFailed: 5 });
    await Promise.all(
      Array.from({ length: 6 }, async (_, part) => {
        for (;;) {
          const [run] = await claimRuns(db, { stepId, part, limit: 1 });
          if (!run) return;
          await end(run, 'failed');
        }
      }),
    );

    const { failed = 0, not_run = 0 } = await tallyRuns(db, stepId);
    expect(failed).toBeGreaterThan(5);
    expect(failed).toBeLessThanOrEqual(5 + 6);
    expect(failed + not_run).toBe(200);
  });

  it('are not unreachable for who was slow, once another one has heard of them', async () => {
    const stepId = await makeStep(2);
    const [heard, unheard] = (await claimRuns(db, { stepId, part: 0, limit: 2 })) as [HostRunRecord, HostRunRecord];
    await noteReached(db, heard);
    const said = { exitCode: null, reason: 'no', isLogCut: false, marker: Buffer.from('x\n'), waitSeconds: 0 };
    const failed = { ...said, isUnreachable: true };

    expect(await planNextTry(db, heard, failed)).toBeUndefined();
    expect(await end(heard, 'unreachable')).toBe(false);
    const next = (await planNextTry(db, unheard, failed))!;
    expect(await end((await beginTry(db, next))!, 'unreachable')).toBe(true);
    expect(await tallyRuns(db, stepId)).toEqual({ running: 1, unreachable: 1 });
  });

  it('are begun no more by an earlier attempt once a retry has ended what waits there', async () => {
    const stepId = await makeStep(3);
    const [begun, again] = (await claimRuns(db, { stepId, part: 0, limit: 2 })) as [HostRunRecord, HostRunRecord];
    const said = { exitCode: 1, reason: 'no', isLogCut: false, marker: Buffer.from('x\n'), waitSeconds: 60 };
    const planned = (await planNextTry(db, again, { ...said, isUnreachable: false }))!;
    const { task_id: taskId } = await db
      .selectFrom('host_steps')
      .select('task_id')
      .where('id', '=', stepId)
      .executeTakeFirstOrThrow();

    await endEarlier(db, { taskId, nodeId: 'n1', loop: 1, retry: 1, ordinal: 1 });

    expect(await claimRuns(db, { stepId, part: 0, limit: 3 })).toEqual([]);
    expect(await beginTry(db, planned)).toBeUndefined();
    expect(await tallyRuns(db, stepId)).toEqual({ starting: 1, cancelled: 1, not_run: 1 });
    expect(await end(begun, 'ok')).toBe(true);
  });

  it('are tried again by one of those who want that, with a log that begins anew behind a line that says so', async () => {
    const stepId = await makeStep(1);
    const [run] = (await claimRuns(db, { stepId, part: 0, limit: 1 })) as [HostRunRecord];
    const piece = (hostTry: number, text: string) => {
      const bytes = Buffer.from(text);
      return { runId: run.id, hostTry, readFrom: 0, readTo: bytes.length, bytes, hasValues: false };
    };
    await appendLogs(db, [piece(1, 'first\n')]);
    const failed = {
      isUnreachable: false,
      exitCode: 7,
      reason: 'no',
      isLogCut: false,
      marker: Buffer.from('again\n'),
      waitSeconds: 60,
    };

    const planned = await Promise.all([planNextTry(db, run, failed), planNextTry(db, run, failed)]);
    expect(planned.filter((row) => row)).toHaveLength(1);
    const next = planned.find((row) => row)!;
    expect(next).toMatchObject({ host_try: 2, status: 'starting', exit_code: 7, reason: 'no', read_bytes: '0' });
    expect(next.try_at!.getTime() - run.started_at!.getTime()).toBeGreaterThanOrEqual(60_000);

    // Whoever still follows the first try has nothing to say.
    expect(await appendLogs(db, [piece(1, 'late')])).toEqual(new Set());
    await noteReached(db, run);
    expect(await end(run, 'failed')).toBe(false);
    const begun = await Promise.all([beginTry(db, next), beginTry(db, next), beginTry(db, run)]);
    expect(begun.filter((row) => row)).toHaveLength(1);
    expect(begun.find((row) => row)).toMatchObject({ status: 'starting', try_at: null, reason: '', exit_code: null });
    expect(await appendLogs(db, [piece(2, 'second\n')])).toEqual(new Set([run.id]));
    expect(String(await readLog(db, run.id, { from: 0, maxBytes: 100 }))).toBe('first\nagain\nsecond\n');
    expect(await end(next, 'ok')).toBe(true);
    expect(await planNextTry(db, next, failed)).toBeUndefined();
  });

  it('say what is wrong with them until they are heard of again', async () => {
    const stepId = await makeStep(1);
    const [run] = (await claimRuns(db, { stepId, part: 0, limit: 1 })) as [HostRunRecord];
    await noteReached(db, run);
    await noteTrouble(db, run, 'since then: away');
    const row = () => db.selectFrom('host_runs').selectAll().where('id', '=', run.id).executeTakeFirstOrThrow();
    expect(await row()).toMatchObject({ status: 'running', reason: 'since then: away' });
    await noteReached(db, run);
    expect(await row()).toMatchObject({ status: 'running', reason: '' });
    await end(run, 'ok');
    await noteTrouble(db, run, 'too late');
    expect(await row()).toMatchObject({ status: 'ok', reason: '' });
  });

  it('of ended attempts are found but those that are left out, which take no place of others', async () => {
    const stepId = await makeStep(3);
    const runs = await claimRuns(db, { stepId, part: 0, limit: 3 });
    const { task_id } = await db
      .selectFrom('host_steps')
      .select('task_id')
      .where('id', '=', stepId)
      .executeTakeFirstOrThrow();
    await db
      .insertInto('node_executions')
      .values({
        task_id,
        node_id: 'n1',
        loop: 1,
        retry: 0,
        inner_loop: 1,
        seq: 1,
        status: 'FAILED',
        inputs: '{}',
        outputs: '{}',
      })
      .execute();
    const [first, second, third] = runs.map(({ id }) => id);
    const listed = async (options: { limit: number; except?: string[] }) =>
      (await listAbandoned(db, options)).map(({ id }) => id);

    expect(await listed({ limit: 2 })).toEqual([first, second]);
    expect(await listed({ limit: 2, except: [first!, second!] })).toEqual([third]);
  });
});
