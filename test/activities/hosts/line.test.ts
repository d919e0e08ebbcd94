import { FairGate } from '../../../activities/hosts/fair-gate';
import { findWait } from '../../../activities/hosts/line';
import { connect, type Db } from '../../../db/connection';
import { claimRuns } from '../../../db/host-runs';
import type { HostStepRecord } from '../../../db/host-steps';
import { createDatabase } from '../../support/database';
import { makeHostStep } from '../../support/host-steps';

describe('what a step waits for of which nothing is under way', () => {
  let drop: () => Promise<void>;
  let db: Db;
  const never = new AbortController().signal;

  beforeAll(async () => {
    const database = await createDatabase();
    drop = database.drop;
    db = connect(database.url, { maxConnections: 4 });
  });
  afterAll(async () => {
    await db.destroy();
    await drop();
  });

  const stepOf = (id: number): Promise<HostStepRecord> =>
    db.selectFrom('host_steps').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

  it('is nothing, where its hosts are free and there is room', async () => {
    const step = await stepOf(await makeHostStep(db, 2, { locksHosts: true }));

    expect(await findWait(db, step, { gates: [new FairGate(1), new FairGate(1)], waiting: 2 })).toBeUndefined();
  });

  it.each([0, 1])('is a place, where the worker has none of one kind (%i)', async (full) => {
    const step = await stepOf(await makeHostStep(db, 2));
    const gates = [new FairGate(1), new FairGate(1)];
    await gates[full]!.enter(step.project_id, 1, never);
    const now = Date.now();

    const wait = await findWait(db, step, { gates, waiting: 2 });
    expect(wait).toMatchObject({ wait: 'until', waitingFor: expect.stringContaining('a free place') });
    expect(wait!.at - now).toBeGreaterThanOrEqual(10_000);
    gates[full]!.leave(step.project_id, 1);
    expect(await findWait(db, step, { gates, waiting: 2 })).toBeUndefined();
  });

  it('are hosts on which others work, the longer the more seldom asked for, and a minute apart at most', async () => {
    const holder = await makeHostStep(db, 5, { locksHosts: true });
    const stepId = await makeHostStep(db, 5, { locksHosts: true });
    const runs = await claimRuns(db, { stepId: holder, part: 0, limit: 5 });
    for (const { host_id, place } of runs) {
      const mine = db.updateTable('host_runs').set({ host_id }).where('step_id', '=', stepId);
      await mine.where('place', '=', place).execute();
    }
    const step = await stepOf(stepId);
    const { task_id } = await stepOf(holder);
    const ask = async () => {
      const now = Date.now();
      const wait = (await findWait(db, step, { gates: [], waiting: 5 }))!;
      return { afterMs: wait.at - now, waitingFor: wait.waitingFor };
    };

    const first = await ask();
    expect(first.waitingFor).toContain(`(task ${task_id})`);
    expect(first.waitingFor).toContain('and 2 more');
    expect(first.afterMs).toBeGreaterThanOrEqual(1_000);
    const since = new Date(Date.now() - 24 * 3600_000);
    await db.updateTable('host_runs').set({ lock_asked_at: since }).where('step_id', '=', stepId).execute();
    const later = await ask();
    expect(later.afterMs).toBeGreaterThanOrEqual(60_000);
    // It has its place in the lines.
    const seen = db.selectFrom('host_runs').select('lock_seen_at').where('step_id', '=', stepId);
    for (const { lock_seen_at } of await seen.execute()) expect(lock_seen_at).not.toBeNull();
  });
});
