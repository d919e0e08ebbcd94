import { addPooled, echoTemplate, giveTask, writeStep } from '../../support/flow-rows';
import { local, Rollouts, remote } from '../../support/flows';
import { Gantry } from '../../support/gantry';
import { allOf, dataOf, V1Client } from '../../support/v1';

describe('rollouts at /api/v1', () => {
  let gantry: Gantry;
  let v1: V1Client;
  let rollouts: Rollouts;

  beforeAll(async () => {
    gantry = await Gantry.create();
    v1 = new V1Client(gantry);
    rollouts = await Rollouts.in(gantry, 1);
  });

  afterAll(() => gantry.stop());

  const at = '/projects/1/rollouts';

  /** A rollout over five hosts in batches of two, whose first step is done on two of them. */
  async function made() {
    const { ids } = await addPooled(gantry, rollouts, 5);
    const flow = await rollouts.make([remote('stop', 'true'), local('echo_step', { name: 'x' })], ids, {
      name: 'deploy',
      batches: { maxNum: 2 },
    });
    const taskId = await giveTask(gantry, flow, { phase: 'running', shown: 'RUNNING' });
    await writeStep(gantry, { flowId: flow, taskId, step: 0 }, [
      { status: 'ok', seconds: 2, log: 'stopped' },
      { status: 'failed', seconds: 1, reason: 'it ended with exit code 3' },
    ]);
    await gantry.db
      .updateTable('flow_hosts')
      .set({ state: 3, step: 'stop', outcome: 'failed' })
      .where('flow_id', '=', flow)
      .where('place', '=', 2)
      .execute();
    return { flow, taskId, ids };
  }

  it('say how they stand, and name their tasks', async () => {
    const { flow, taskId } = await made();

    const rollout = dataOf(await v1.get(`${at}/${flow}`));

    expect(rollout).toMatchObject({
      id: flow,
      task_id: taskId,
      name: 'deploy',
      kind: 'run',
      state: 'running',
      waiting: null,
      batch_size: 2,
      hosts: { to_come: 4, running: 0, done: 0, failed: 1, ended_early: 0 },
      steps: [
        { number: 0, name: 'stop', type: 'remote', values: {} },
        { number: 1, name: 'echo_step', type: 'local', values: { name: 'x' } },
      ],
    });
    const all = await allOf(v1, at, 2);
    expect(all.find(({ id }) => id === flow)).toEqual(rollout);
    expect(dataOf(await v1.get(`${at}?name=eplo&limit=1`)).items).toMatchObject([{ name: 'deploy' }]);
    expect(dataOf(await v1.get(`${at}?pool_id=${rollout.pool_id}`)).items).toEqual([rollout]);
    expect(dataOf(await v1.get(`${at}?name=none`))).toEqual({ items: [], next: null });
  });

  it('have their batches before anything is run', async () => {
    const { ids } = await addPooled(gantry, rollouts, 5);
    const flow = await rollouts.make([local('echo_step')], ids, { batches: { maxNum: 2 } });

    expect(await allOf(v1, `${at}/${flow}/batches`, 2)).toMatchObject([
      { number: 1, state: 'to_come', step: null, hosts: 2, opened_at: null },
      { number: 2, hosts: 2 },
      { number: 3, hosts: 1 },
    ]);
    expect(dataOf(await v1.get(`${at}/${flow}`))).toMatchObject({
      state: 'to_come',
      task_id: null,
      waiting: { for: 'start', rollout_id: null },
    });
  });

  it('have their hosts page by page, each with how long its steps took', async () => {
    const { flow, ids } = await made();

    const hosts = await allOf(v1, `${at}/${flow}/hosts`, 2);

    expect(hosts.map(({ host_id }) => host_id)).toEqual(ids);
    expect(hosts.map(({ batch }) => batch)).toEqual([1, 1, 2, 2, 3]);
    expect(hosts[0].steps).toEqual([
      {
        number: 0,
        name: 'stop',
        status: 'ok',
        attempts: 1,
        run_ms: 2000,
        started_at: '2026-03-01T00:00:00.000Z',
        ended_at: '2026-03-01T00:00:02.000Z',
      },
    ]);
    expect(hosts[1]).toMatchObject({ state: 'failed', outcome: 'failed', steps: [{ status: 'failed', run_ms: 1000 }] });
    expect(hosts[4].steps).toEqual([]);
    expect(await allOf(v1, `${at}/${flow}/hosts?state=failed`)).toEqual([hosts[1]]);
    expect(await allOf(v1, `${at}/${flow}/hosts?batch=2`)).toEqual(hosts.slice(2, 4));
    const log = dataOf(await v1.get(`/projects/1/rollout-hosts/${hosts[0].id}/log`));
    expect(log).toEqual({ items: [{ step: 0, name: 'stop', text: 'stopped\n' }] });
  });

  it('have their logs line by line', async () => {
    const { flow } = await made();
    const rows = ['one', 'two', 'three'].map((message, batch) => ({ flow_id: flow, batch, message }));
    await gantry.db.insertInto('flow_logs').values(rows).execute();

    const lines = await allOf(v1, `${at}/${flow}/logs`, 2);

    expect(lines.map(({ batch, message }) => [batch, message])).toEqual([
      [0, 'one'],
      [1, 'two'],
      [2, 'three'],
    ]);
  });

  it('are planned without being made', async () => {
    const template_id = await echoTemplate(gantry, 1);
    const [one, other] = [await addPooled(gantry, rollouts, 3), await addPooled(gantry, rollouts, 1)];
    const before = await allOf(v1, at);
    const body = { template_id, addresses: [...other.addresses, ...one.addresses], max_num: 2, values: { name: 'y' } };

    const plan = dataOf(await v1.post(`${at}/preview`, body));

    expect(plan.steps).toEqual([
      { name: 'echo_step', type: 'local', values: { name: 'y' }, retry_times: 0, ignore_error: false },
    ]);
    expect(plan.rollouts).toMatchObject([
      { batch_size: 2, hosts: one.ids.map((host_id, index) => ({ host_id, batch: index < 2 ? 1 : 2 })) },
      { batch_size: 1, hosts: [{ host_id: other.ids[0], address: other.addresses[0], batch: 1 }] },
    ]);
    expect(await allOf(v1, at)).toEqual(before);
  });

  it('are not planned over hosts that there are not, in no batches, or of both ways to name hosts', async () => {
    const template_id = await echoTemplate(gantry, 1);
    const { ids, addresses } = await addPooled(gantry, rollouts, 1);
    const refusal = (more: object) => v1.post(`${at}/preview`, { template_id, ...more });

    expect(await refusal({ host_ids: [999_999] })).toMatchObject({ status: 404 });
    expect(await refusal({ host_ids: [] })).toMatchObject({ status: 400 });
    expect(await refusal({ host_ids: ids, addresses })).toMatchObject({ status: 400 });
    expect(await refusal({})).toMatchObject({ status: 400 });
    expect(await refusal({ host_ids: ids, max_ratio: 0 })).toMatchObject({ status: 400 });
    expect(await refusal({ host_ids: ids, template_id: 999_999 })).toMatchObject({ status: 404 });
  });
});
