import { sql } from 'kysely';
import { GantryError } from '../../base/error';
import { transact } from '../../db/transaction';
import { joinFlows } from '../../rollouts/flows/create';
import { startFlow } from '../../rollouts/flows/start';
import { stopFlow } from '../../rollouts/flows/stop';
import { MOST_FAILURES, type StartFailures, startDue } from '../../rollouts/queue';
import { seal } from '../../secrets/token';
import { eventually } from '../support/eventually';
import { local, Rollouts } from '../support/flows';
import { Gantry } from '../support/gantry';
import { addSshProject, type SshProject } from '../support/ssh-inventory';

describe('the lines of pools', () => {
  let gantry: Gantry;
  let project: SshProject;
  let rollouts: Rollouts;

  beforeAll(async () => {
    gantry = await Gantry.create();
    project = await addSshProject(gantry.db);
    rollouts = await Rollouts.in(gantry, project.projectId);
  });

  afterAll(() => gantry.stop());

  const steps = [local('echo_step', { name: 'x' })];

  async function pool(): Promise<{ ids: number[]; id: number }> {
    const ids = [await project.host()];
    return { ids, id: await rollouts.pool(ids) };
  }

  const locks = (poolId: number) =>
    gantry.db.selectFrom('pool_locks').selectAll().where('pool_id', '=', poolId).execute();
  const tasksOf = async (flow: number) => {
    const rows = gantry.db.selectFrom('flow_tasks').select('task_id').where('flow_id', '=', flow);
    return (await rows.execute()).map(({ task_id }) => task_id);
  };
  /** As the record of its end would, whoever writes that. */
  const endTask = (id: number) =>
    gantry.db
      .updateTable('tasks')
      .set({ phase: 'ended', status: 'FINISHED', shown: 'FINISHED' })
      .where('id', '=', id)
      .execute();

  const waiting = async () => {
    const { rows } = await sql<{ count: string }>`
      select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
      gantry.db,
    );
    return Number(rows[0]!.count);
  };

  it('give a pool to the first one, however many look at the same moment', async () => {
    const { ids, id } = await pool();
    const first = await rollouts.make(steps, ids);
    const second = await rollouts.make(steps, ids);
    const others = await Promise.all(Array.from({ length: 3 }, () => gantry.another()));

    await Promise.all([gantry, ...others].map(({ services }) => startDue(services)));
    await Promise.all(others.map((other) => other.stop()));

    expect(await tasksOf(first)).toHaveLength(1);
    expect(await tasksOf(second)).toEqual([]);
    expect(await locks(id)).toEqual([expect.objectContaining({ flow_id: first })]);

    const [task] = await tasksOf(first);
    await endTask(task!);
    expect(await locks(id)).toEqual([]);
    await startDue(gantry.services);
    expect(await locks(id)).toEqual([expect.objectContaining({ flow_id: second })]);
  });

  it('leave nothing half done when making the task fails at its last statement', async () => {
    const { ids, id } = await pool();
    const flow = await rollouts.make(steps, ids);
    const { flow: other } = await rollouts.state(await rollouts.make(steps, (await pool()).ids));
    const before = await gantry.db.selectFrom('tasks').select('id').execute();
    // Somebody has the pool whom the line knows nothing of: the last insert of the transaction finds that.
    let due: Promise<void> | undefined;
    await gantry.db.transaction().execute(async (tx) => {
      const [task] = before;
      await tx.insertInto('pool_locks').values({ pool_id: id, flow_id: other.id, task_id: task!.id }).execute();
      due = startDue(gantry.services);
      await eventually('it waits for the lock', async () => (await waiting()) > 0);
    });
    await due;

    expect(await tasksOf(flow)).toEqual([]);
    expect(await rollouts.state(flow)).toMatchObject({ state: 0 });
    await gantry.db.deleteFrom('pool_locks').where('pool_id', '=', id).execute();
    await startDue(gantry.services);
    expect(await tasksOf(flow)).toHaveLength(1);
  }, 60_000);

  it('start a task that somebody had made and had no time to start', async () => {
    const { ids } = await pool();
    const flow = await rollouts.make(steps, ids);
    const started = jest.spyOn(gantry.services.pipelines, 'start').mockRejectedValue(new Error('killed here'));
    await startDue(gantry.services);
    started.mockRestore();
    const [task] = await tasksOf(flow);
    expect((await rollouts.state(flow)).facts.phase).toBe('created');

    await startDue(gantry.services);

    expect((await rollouts.state(flow)).facts.phase).not.toBe('created');
    expect(await tasksOf(flow)).toEqual([task]);
  });

  it('have a flow of several pools wait until all of them are free', async () => {
    const [one, two] = [await pool(), await pool()];
    const before = await rollouts.make(steps, two!.ids);
    const whole = await rollouts.make(steps, one!.ids, { kind: 'shrink' });
    const part = await rollouts.make(steps, two!.ids, { kind: 'shrink' });
    await transact(gantry.db, (tx) => joinFlows(tx, whole, [part]));
    const after = await rollouts.make(steps, one!.ids);

    await startDue(gantry.services);
    expect([await tasksOf(before), await tasksOf(whole), await tasksOf(after)].map(({ length }) => length)).toEqual([
      1, 0, 0,
    ]);
    await endTask((await tasksOf(before))[0]!);
    await startDue(gantry.services);

    expect(await tasksOf(whole)).toEqual(await tasksOf(part));
    expect([...(await locks(one!.id)), ...(await locks(two!.id))].map(({ flow_id }) => flow_id)).toEqual([whole, part]);
    expect(await tasksOf(after)).toEqual([]);
    await stopFlow(rollouts.services, rollouts.caller, after);
    expect(await rollouts.state(after)).toMatchObject({ state: 2, canceled: true });
  });

  it('fail a flow whose plan can be no task, say why, and go on with the next one', async () => {
    const { ids, id } = await pool();
    const never = await rollouts.make(steps, ids, { name: seal('x', project.projectId) });
    const next = await rollouts.make(steps, ids);

    await startDue(gantry.services);
    await startDue(gantry.services);

    expect(await rollouts.state(never)).toMatchObject({ state: 3, task: undefined });
    expect(await rollouts.logs(never)).toEqual([expect.stringMatching(/^fail to start flow\[.+\]: name/)]);
    expect(await tasksOf(never)).toEqual([]);
    expect(await locks(id)).toEqual([expect.objectContaining({ flow_id: next })]);
  });

  it('fail a flow whose task is refused for good, which can be started again when that is over', async () => {
    const { ids, id } = await pool();
    const flow = await rollouts.make(steps, ids);
    const next = await rollouts.make(steps, ids);
    const refusal = new GantryError('too_large', 'the program of the task is too large');
    const refused = jest.spyOn(gantry.services.pipelines, 'start').mockRejectedValueOnce(refusal);
    await startDue(gantry.services);

    expect(await rollouts.state(flow)).toMatchObject({ state: 3, task: undefined });
    expect(await rollouts.logs(flow)).toEqual([`fail to start flow[rollout,${flow}]: ${refusal.message}`]);
    expect(await locks(id)).toEqual([]);
    refused.mockRestore();
    await startDue(gantry.services);
    expect(await locks(id)).toEqual([expect.objectContaining({ flow_id: next })]);

    await endTask((await tasksOf(next))[0]!);
    await startFlow(rollouts.services, rollouts.caller, flow);
    expect(await tasksOf(flow)).toHaveLength(2);
    expect(await locks(id)).toEqual([expect.objectContaining({ flow_id: flow })]);
    expect((await rollouts.state(flow)).facts.phase).not.toBe('created');
  });

  it('fail a flow that cannot be started after so many rounds, with no word of what is not for clients', async () => {
    const { ids, id } = await pool();
    const flow = await rollouts.make(steps, ids);
    const broken = jest.spyOn(gantry.services.pipelines, 'start').mockRejectedValue(new Error('select secret'));
    const failures: StartFailures = new Map();
    for (let round = 1; round < MOST_FAILURES; round++) await startDue(gantry.services, failures);
    expect((await rollouts.state(flow)).state).toBe(0);
    expect(await locks(id)).toHaveLength(1);

    await startDue(gantry.services, failures);
    broken.mockRestore();

    expect((await rollouts.state(flow)).state).toBe(3);
    expect(await rollouts.logs(flow)).toEqual([expect.stringContaining('internal error')]);
    expect((await rollouts.logs(flow)).join()).not.toContain('secret');
    expect(await locks(id)).toEqual([]);
    expect(failures.size).toBe(0);
  });
});
