import { addCaller, addPlainApp } from '../../support/callers';
import { giveTask, makeHosts, writeStep } from '../../support/flow-rows';
import { local, Rollouts, remote } from '../../support/flows';
import { Gantry } from '../../support/gantry';
import { OrionClient } from '../../support/orion';

const WEB_CLIENT = { 'X-HTTP-Method-Override': 'GET' };

/** What is read of tasks, by rows (orion §1.5). */
describe('tasks of Orion', () => {
  let gantry: Gantry;
  let orion: OrionClient;
  let web: OrionClient;
  let rollouts: Rollouts;
  let flow: number;
  let nodes: number[];

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    orion = new OrionClient(gantry);
    web = orion.with(WEB_CLIENT);
    rollouts = await Rollouts.in(gantry, 1);
    await gantry.db.updateTable('projects').set({ time_zone: 'Asia/Shanghai' }).where('id', '=', 1).execute();
    const hosts = await makeHosts(gantry, 1, 5);
    await rollouts.pool(hosts);
    const steps = [remote('stop', 'true', { retryTimes: 2 }), local('echo_step', { name: 'hello' }), remote('go', 'x')];
    flow = await rollouts.make(steps, hosts, { name: 'deploy web', operator: 'ann', batches: { maxNum: 3 } });
    nodes = (await rollouts.hosts(flow)).map(({ id }) => id);
    const taskId = await giveTask(gantry, flow, { phase: 'running', shown: 'RUNNING' });
    await writeStep(gantry, { flowId: flow, taskId, step: 0 }, [
      { status: 'ok', seconds: 2, log: 'stopped\n' },
      { status: 'failed', seconds: 1, log: 'no such unit', reason: 'it ended with exit code 3' },
    ]);
    await writeStep(gantry, { flowId: flow, taskId, step: 0, retry: 1 }, [
      { status: 'skipped', seconds: 0 },
      { status: 'ok', seconds: 4, log: 'stopped at last\n' },
    ]);
    await writeStep(gantry, { flowId: flow, taskId, step: 1 }, [{ status: 'ok', seconds: 1, log: 'hello\n' }]);
    const change = (place: number, values: object) =>
      gantry.db.updateTable('flow_hosts').set(values).where('flow_id', '=', flow).where('place', '=', place).execute();
    await change(1, { state: 1, step_number: 1, step: 'echo_step' });
    await change(2, { state: 3, step_number: 0, step: 'stop', reason: 'it ended with exit code 3' });
    await change(3, { state: 2, step_number: 3, step: 'go' });
    await change(5, { state: 3, address: '' });
    await gantry.db
      .updateTable('flows')
      .set({ created_at: new Date('2017-07-27T05:39:55Z') })
      .where('id', '=', flow)
      .execute();
  });

  afterAll(() => gantry.stop());

  it('are listed with their states and how many nodes stand how, in both spellings', async () => {
    const answer = await orion.post('/task/list', { page: 1, page_size: 10 });

    expect(answer).toMatchObject({ code: 0, msg: 'success', page: 1, page_size: 10, query_count: 1 });
    expect(answer.data).toEqual([
      {
        id: flow,
        template_id: expect.any(Number),
        template_name: 'made',
        task_name: 'deploy web',
        pool_name: expect.stringMatching(/^made \d+$/),
        state: 1,
        Status: 1,
        options: [
          { name: 'stop', param_values: {}, retry: { retry_times: 2, ignore_error: false } },
          { name: 'echo_step', param_values: { name: 'hello' }, retry: { retry_times: 0, ignore_error: false } },
          { name: 'go', param_values: {}, retry: { retry_times: 0, ignore_error: false } },
        ],
        step_len: 3,
        opr_user: 'ann',
        created: '2017-07-27 13:39:55',
        updated: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
        stat: [1, 1, 1, 2, 0],
        Stat: [1, 1, 1, 2, 0],
        flow_type: 'manual',
        kind: 'run',
        canceled: false,
        waiting_for: '',
        task_id: expect.any(Number),
      },
    ]);
  });

  it('are one object alone, in which the web client has times that say their zone', async () => {
    expect((await orion.post(`/task/${flow}`)).data).toMatchObject({ id: flow, created: '2017-07-27 13:39:55' });
    expect((await web.get(`/task/${flow}`)).data).toMatchObject({ id: flow, created: '2017-07-27T05:39:55.000Z' });
  });

  it('are found by parts of their names, and by their pools', async () => {
    expect(await orion.get('/task/list?name=ploy%20w')).toMatchObject({ query_count: 1 });
    expect(await orion.get('/task/list?name=other')).toMatchObject({ query_count: 0, data: [] });
    const { pool_id } = (await rollouts.state(flow)).flow;
    expect(await orion.get(`/task/list?pool_id=${pool_id}`)).toMatchObject({ query_count: 1 });
    expect(await orion.get('/task/list?pool_id=99999')).toMatchObject({ query_count: 0 });
  });

  it('have their nodes in their order, page by page, with how long what ran there', async () => {
    const { data, ...page } = await orion.post(`/task/${flow}/detail`);

    expect(page).toMatchObject({ code: 0, page: 1, page_size: 1000, query_count: 5 });
    expect(data.map(({ id }: { id: number }) => id)).toEqual(nodes);
    expect(data[1]).toMatchObject({
      state: 3,
      steps: 'stop',
      batch_id: 1,
      reason: 'it ended with exit code 3',
      run_time: 5,
      step_run_time: [{ name: 'stop', run_time: 5 }],
    });
    expect(data[0]).toMatchObject({
      ip: expect.stringMatching(/^10\.77\./),
      steps: 'echo_step',
      run_time: 3,
      step_run_time: [
        { name: 'stop', run_time: 2 },
        { name: 'echo_step', run_time: 1 },
      ],
    });
    expect(data[3]).toMatchObject({ state: 0, steps: '[]', run_time: 0, step_run_time: [], batch_id: 2 });
    expect(data[0].Created).toBe(data[0].created);
    expect(data[0].Updated).toBe(data[0].updated);
    const second = await orion.post(`/task/${flow}/detail`, { page: 2, page_size: 2 });
    expect(second.data.map(({ id }: { id: number }) => id)).toEqual(nodes.slice(2, 4));
    expect(second).toMatchObject({ page: 2, page_size: 2, query_count: 5 });
  });

  it('have one that failed before its address was known by its id', async () => {
    const { data } = await orion.post(`/task/${flow}/detail`);
    const [host] = (await rollouts.hosts(flow)).slice(-1);

    expect(data[4].ip).toBe(String(host!.host_id));
  });

  it.each([
    ['the web client', () => web.get(`/task/${flow}/detail`)],
    ['whoever asks for it', () => orion.get(`/task/${flow}/detail?group=state`)],
  ])('have their nodes by state for %s', async (_who, ask) => {
    const { data } = await ask();

    expect(Object.keys(data)).toEqual(['0', '1', '2', '3']);
    expect(data['3'].map(({ id }: { id: number }) => id)).toEqual([nodes[1], nodes[4]]);
  });

  it('have a log of what every step has written on a node, up to the one that it is at', async () => {
    expect((await orion.get(`/task/node/${nodes[0]}/log`)).data).toEqual([
      { stop: 'stopped\n' },
      { echo_step: 'hello\n' },
    ]);
    expect((await orion.get(`/task/node/${nodes[1]}/log`)).data).toEqual([
      { stop: 'no such unit\n[failed: it ended with exit code 3]\nstopped at last\n' },
    ]);
    expect((await orion.get(`/task/node/${nodes[3]}/log`)).data).toEqual([]);
  });

  it('have a log of their own at both paths', async () => {
    const rows = ['run flow', 'execute batch 1', 'finish'].map((message, batch) => ({ flow_id: flow, batch, message }));
    await gantry.db.insertInto('flow_logs').values(rows).execute();

    const answer = await orion.post(`/task/${flow}/log`);

    expect(answer.data).toMatchObject([
      { fid: flow, batch_id: 0, correlation_id: `${flow}-0`, message: 'run flow', ctime: expect.any(Number) },
      { batch_id: 1, correlation_id: `${flow}-1`, message: 'execute batch 1' },
      { batch_id: 2, message: 'finish' },
    ]);
    expect((await web.get(`/task/flow/${flow}/log`)).data).toEqual(answer.data);
    expect(await orion.post(`/task/${flow}/log`, { page: 2, page_size: 2 })).toMatchObject({
      data: [{ message: 'finish' }],
      query_count: 3,
    });
  });

  it('say whom they wait for', async () => {
    const hosts = await makeHosts(gantry, 1, 1);
    await rollouts.pool(hosts);
    const first = await rollouts.make([local('echo_step')], hosts, { name: 'first' });
    const second = await rollouts.make([local('echo_step')], hosts, { name: 'second' });
    const waitsFor = async (id: number) => (await orion.get(`/task/${id}`)).data;

    expect(await waitsFor(first)).toMatchObject({ state: 0, waiting_for: expect.stringContaining('its turn') });
    expect(await waitsFor(second)).toMatchObject({
      state: 0,
      waiting_for: expect.stringContaining(`flow ${first} (first) waits`),
    });
    const taskId = await giveTask(gantry, first, { phase: 'running', shown: 'SUSPENDED' });
    const { pool_id } = (await rollouts.state(first)).flow;
    const lock = { pool_id: pool_id!, flow_id: first, task_id: taskId };
    await gantry.db.insertInto('pool_locks').values(lock).execute();
    expect(await waitsFor(second)).toMatchObject({
      waiting_for: expect.stringContaining(`flow ${first} (first) has it`),
    });
    expect(await waitsFor(first)).toMatchObject({ state: 4, waiting_for: expect.stringContaining('paused') });
  });

  it.each([
    ['/task/start/999', 'flow not found id 999'],
    ['/task/pause/999', 'flow not found id 999'],
    ['/task/stop/999', 'flow not found id 999'],
    ['/task/start/x', 'Bad flow id: x'],
    ['/task/pause/x', 'Bad flow id: x'],
    ['/task/stop/1.5', 'Bad flow id: 1.5'],
    ['/task/999', 'flow not found id: 999'],
    ['/task/x', 'Bad flow id: x'],
    ['/task/999/log', 'Flow not found: 999'],
    ['/task/flow/999/log', 'Flow not found: 999'],
    ['/task/999/detail', 'Flow not found: 999'],
    ['/task/x/detail', 'Bad flow id: x'],
    ['/task/node/999/log', 'Node state not found: 999'],
    ['/task/node/x/log', 'Bad node state : x'],
    ['/task/node/999/stop', 'Node state not found: 999'],
    ['/task/stop_sub/999', 'Node state not found: 999'],
    ['/task/node/999/retry', 'Node state not found: 999'],
    ['/task/node/999/skip', 'Node state not found: 999'],
  ])('refuse %s', async (path, msg) => {
    expect(await orion.post(path)).toMatchObject({ status: 400, code: 400, msg, data: {} });
  });

  it('are not there for another project, and are not changed by viewers', async () => {
    const viewer = new OrionClient(gantry, {
      ...(await addCaller(gantry, 'viewer', 'viewer', 1)),
      'X-Gantry-Project': '1',
    });
    const { id } = await gantry.db
      .insertInto('projects')
      .values({ name: 'another', bk_biz_id: null })
      .returning('id')
      .executeTakeFirstOrThrow();
    const elsewhere = orion.with({ 'X-Gantry-Project': String(id) });

    expect(await elsewhere.get(`/task/${flow}`)).toMatchObject({ code: 400 });
    expect(await elsewhere.get(`/task/${flow}/detail`)).toMatchObject({ code: 400 });
    expect(await elsewhere.get(`/task/node/${nodes[0]}/log`)).toMatchObject({ code: 400 });
    expect(await elsewhere.get('/task/list')).toMatchObject({ query_count: 0 });
    expect(await viewer.get(`/task/${flow}`)).toMatchObject({ code: 0 });
    for (const path of [`/task/start/${flow}`, `/task/stop/${flow}`, `/task/stop_sub/${nodes[0]}`])
      expect(await viewer.get(path)).toMatchObject({ status: 403, code: 403 });
  });
});
