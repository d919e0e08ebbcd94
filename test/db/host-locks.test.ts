import { connect, type Db } from '../../db/connection';
import { askForHosts, hasFreeHost, listAwaitedHosts } from '../../db/host-locks';
import { claimRuns, type HostRunRecord } from '../../db/host-runs';
import { tallyRuns } from '../../db/host-steps';
import { createDatabase } from '../support/database';
import { endRun, makeHostStep } from '../support/host-steps';

describe('hosts that steps share with no other', () => {
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

  const claim = (stepId: number, limit = 100) => claimRuns(db, { stepId, part: 0, limit });
  const end = (run: HostRunRecord) => endRun(db, run, { status: 'ok', exitCode: 0, reason: '' });
  const hostIdsOf = async (stepId: number) =>
    (await db.selectFrom('host_runs').select('host_id').where('step_id', '=', stepId).orderBy('place').execute()).map(
      ({ host_id }) => host_id!,
    );

  /** A step over the hosts of another one, in another order. */
  async function over(hostIds: readonly number[], locksHosts = true): Promise<number> {
    const stepId = await makeHostStep(db, hostIds.length, { locksHosts });
    for (const [at, host_id] of hostIds.entries()) {
      await db
        .updateTable('host_runs')
        .set({ host_id })
        .where('step_id', '=', stepId)
        .where('place', '=', at + 1)
        .execute();
    }
    return stepId;
  }

  it('are worked on by one step at a time, among those that ask for it', async () => {
    const first = await makeHostStep(db, 2, { locksHosts: true });
    const hosts = await hostIdsOf(first);
    const [second, careless] = [await over(hosts), await over(hosts, false)];

    const [a, b] = (await claim(first)) as [HostRunRecord, HostRunRecord];
    expect(await claim(second)).toEqual([]);
    expect(await hasFreeHost(db, second)).toBe(false);
    expect(await claim(careless)).toHaveLength(2);
    await end(b);
    expect(await hasFreeHost(db, second)).toBe(true);
    expect((await claim(second)).map(({ host_id }) => host_id)).toEqual([b.host_id]);
    await end(a);
    expect((await claim(second)).map(({ host_id }) => host_id)).toEqual([a.host_id]);
  });

  it('are passed over while others work there, and all steps come to their end, in whatever orders', async () => {
    const first = await makeHostStep(db, 40, { locksHosts: true });
    const hosts = await hostIdsOf(first);
    const steps = [first, await over([...hosts].reverse()), await over([...hosts.slice(20), ...hosts.slice(0, 20)])];
    const busy = new Set<number>();
    let twice = 0;
    const work = async (stepId: number, part: number) => {
      for (;;) {
        const runs = await claimRuns(db, { stepId, part, limit: 4 });
        if (runs.length === 0 && (await askForHosts(db, { stepId, limit: 4 })) === 0) return;
        for (const { host_id } of runs) {
          if (busy.has(host_id!)) twice += 1;
          busy.add(host_id!);
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
        for (const run of runs) {
          busy.delete(run.host_id!);
          await end(run);
        }
      }
    };
    await Promise.all(steps.flatMap((step) => [work(step, 0), work(step, 1)]));

    expect(twice).toBe(0);
    for (const step of steps) expect(await tallyRuns(db, step)).toEqual({ ok: 40 });
    expect(await db.selectFrom('host_locks').selectAll().where('host_id', 'in', hosts).execute()).toEqual([]);
  });

  it('are for whoever has asked first, as long as it goes on asking', async () => {
    const holder = await makeHostStep(db, 1, { locksHosts: true });
    const hosts = await hostIdsOf(holder);
    const [early, late, silent] = [await over(hosts), await over(hosts), await over(hosts)];
    const [run] = await claim(holder);
    await askForHosts(db, { stepId: early, limit: 1 });
    await askForHosts(db, { stepId: late, limit: 1 });
    const { task_id: taskId } = await db
      .selectFrom('host_steps')
      .select('task_id')
      .where('id', '=', holder)
      .executeTakeFirstOrThrow();
    expect(await listAwaitedHosts(db, early, 3)).toEqual([
      { address: expect.any(String), taskId, since: expect.any(Date) },
    ]);
    await end(run!);

    expect([await claim(silent), await claim(late)]).toEqual([[], []]);
    const [mine] = await claim(early);
    expect(mine).toBeDefined();
    await end(mine!);
    // Who does not ask any more stands in nobody's way.
    await db
      .updateTable('host_runs')
      .set({ lock_seen_at: new Date(Date.now() - 3_600_000) })
      .where('step_id', '=', late)
      .execute();
    expect(await claim(silent)).toHaveLength(1);
  });

  it('are free again when the host is deleted', async () => {
    const stepId = await makeHostStep(db, 1, { locksHosts: true });
    const [run] = (await claim(stepId)) as [HostRunRecord];
    const locks = () => db.selectFrom('host_locks').selectAll().where('run_id', '=', run.id).execute();
    expect(await locks()).toHaveLength(1);
    await db.deleteFrom('hosts').where('id', '=', run.host_id).execute();
    expect(await locks()).toEqual([]);
  });

  it('keep nobody waiting whose step has failed on too many others', async () => {
    const holder = await makeHostStep(db, 2, { locksHosts: true });
    const hosts = await hostIdsOf(holder);
    const stepId = await over(hosts);
    await db.updateTable('host_steps').set({ max_failed: 0, failed: 1 }).where('id', '=', stepId).execute();
    await claim(holder);

    expect(await claim(stepId)).toEqual([]);
    expect(await tallyRuns(db, stepId)).toEqual({ not_run: 2 });
  });
});
