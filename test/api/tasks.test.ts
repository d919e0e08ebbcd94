import request from '../data/examples/fast_create_task.request.json';
import { CALLER } from '../support/client';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

const ESB = '/api/c/compapi/v2/sops';
const WAITING = sketch({
  chains: ['S a b E'],
  activities: { a: { code: 'pause_node' } },
});

describe('a task through the bk-sops API', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
  });

  afterAll(() => gantry.stop());

  it('is the request of the seed document: created, started, run and read back in the ESB style', async () => {
    const { bk_token: _token, ...body } = request;
    const caller = CALLER;
    const anonymous = { 'X-Bkapi-Authorization': '{}' };
    const created = await gantry.post(`${ESB}/fast_create_task/`, { ...body, ...caller }, anonymous);
    expect(created).toMatchObject({ result: true, code: 0 });
    const { task_id, pipeline_tree } = created.data;

    const started = await gantry.post(`${ESB}/start_task/`, { ...caller, task_id, project_id: '1' }, anonymous);

    expect(started).toMatchObject({
      result: true,
      data: { task_url: expect.stringContaining(`instance_id=${task_id}`) },
    });
    const root = await gantry.untilState(task_id, 'FINISHED');
    expect(Object.values(root.children).map(({ state }) => state)).toEqual(
      Object.keys(root.children).map(() => 'FINISHED'),
    );
    const names = Object.values(root.children).map(({ name }) => name);
    expect(names.filter(Boolean).sort()).toEqual(['node1', 'node3', 'node4']);
    const query = new URLSearchParams({ ...caller, task_id: String(task_id), project_id: '1' });
    const detail = await gantry.get(`${ESB}/get_task_detail/?${query}`);
    expect(detail.data).toMatchObject({
      id: task_id,
      name: 'tasktest',
      instance_name: 'tasktest',
      creator: 'admin',
      executor: 'admin',
      outputs: [{ key: '${bk_timing}', value: '1', name: 'timing' }],
      constants: pipeline_tree.constants,
    });
    expect(detail.data.elapsed_time).toBeGreaterThanOrEqual(4);
    expect(detail.data.finish_time).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}$/);
  });

  it('gets new ids that agree everywhere', async () => {
    const { pipeline_tree: tree } = await gantry.create(request.pipeline_tree);

    const submitted = JSON.stringify(request.pipeline_tree).match(/(?:node|line)[0-9a-f]{28}/g)!;
    const { activities } = tree;
    const text = JSON.stringify({
      ...tree,
      activities: Object.values(activities).map(({ template_node_id: _, ...rest }) => rest),
    });
    for (const id of submitted) expect(text).not.toContain(id);
    for (const [id, flow] of Object.entries(tree.flows)) {
      expect(flow.id).toBe(id);
      const nodes = {
        ...activities,
        ...tree.gateways,
        [tree.start_event.id]: tree.start_event,
        [tree.end_event.id]: tree.end_event,
      };
      expect([nodes[flow.source]!.outgoing].flat()).toContain(id);
      expect([nodes[flow.target]!.incoming].flat()).toContain(id);
    }
    expect(Object.keys(tree.constants['${bk_timing}']!.source_info!).every((id) => id in activities)).toBe(true);
    expect(
      Object.values(activities)
        .map((activity) => activity.template_node_id)
        .sort(),
    ).toEqual(Object.keys(request.pipeline_tree.activities).sort());
  });

  it('starts once when it is started twice at the same moment', async () => {
    const { task_id } = await gantry.create(WAITING);

    const answers = await Promise.all([1, 2, 3, 4].map(() => gantry.post(`/apigw/start_task/${task_id}/1/`)));

    expect(answers.filter(({ result }) => result)).toHaveLength(1);
    for (const { result, code, message } of answers) {
      if (!result) expect([code, message]).toEqual([3545000, expect.stringContaining('already started')]);
    }
  });

  it('refuses what is not possible in its state, and says the state', async () => {
    const { task_id } = await gantry.create(WAITING);
    const operate = (action: string) => gantry.post(`/apigw/operate_task/${task_id}/1/`, { action });
    expect(await operate('pause')).toMatchObject({
      result: false,
      code: 3545000,
      message: expect.stringContaining('task not started'),
    });
    await gantry.start(task_id);
    await gantry.until(task_id, ({ children }) => Object.values(children).some(({ waiting_for }) => waiting_for));

    expect(await operate('resume')).toMatchObject({
      result: false,
      code: 3599999,
      message: expect.stringContaining('RUNNING'),
    });
    expect(await operate('pause')).toMatchObject({ result: true });
    expect(await operate('pause')).toMatchObject({ result: false, message: expect.stringContaining('SUSPENDED') });
    expect(await operate('dance')).toMatchObject({ result: false, code: 3545000 });
    expect(await operate('revoke')).toMatchObject({ result: true });
    await gantry.untilState(task_id, 'REVOKED');
    expect(await operate('pause')).toMatchObject({
      result: false,
      code: 3545000,
      message: expect.stringContaining('REVOKED'),
    });
    expect(await operate('start')).toMatchObject({ result: false, code: 3545000 });
  });

  it('ends what was open as REVOKED on a stop, and accepts nothing afterwards', async () => {
    const { task_id, pipeline_tree } = await gantry.create(WAITING);
    const node_id = Object.keys(pipeline_tree.activities)[0]!;
    await gantry.start(task_id);
    await gantry.until(task_id, ({ children }) => children[node_id]?.state === 'RUNNING');

    await gantry.post(`/apigw/operate_task/${task_id}/1/`, { action: 'revoke' });

    const root = await gantry.untilState(task_id, 'REVOKED');
    expect(root.children[node_id]!.state).toBe('REVOKED');
    const late = await gantry.post(`/apigw/node_callback/${task_id}/1/`, { node_id, callback_data: {} });
    expect(late).toMatchObject({ result: false, code: 3599999, message: expect.stringContaining('REVOKED') });
    expect(await gantry.post(`/apigw/operate_node/1/${task_id}/`, { node_id, action: 'retry' })).toMatchObject({
      result: false,
    });
  });

  it('keeps a callback that comes before its node is reached, one of them', async () => {
    const tree = sketch({
      chains: ['S a b E'],
      activities: { a: { code: 'pause_node' }, b: { code: 'pause_node' } },
      constants: { said: { source_type: 'component_outputs', source_info: { b: ['callback_data'] } } },
      outputs: ['${said}'],
    });
    const { task_id, pipeline_tree } = await gantry.create(tree);
    const [first, second] = Object.keys(pipeline_tree.activities) as [string, string];
    await gantry.start(task_id);
    const call = (node_id: string, callback_data: unknown) =>
      gantry.post(`/apigw/node_callback/${task_id}/1/`, { node_id, callback_data });

    expect(await call(second, { early: true })).toMatchObject({ result: true });
    expect(await call(second, { early: 'again' })).toMatchObject({ result: false });
    expect(await call('n_unknown', {})).toMatchObject({ result: false, code: 3540000 });
    expect(await call(first, 'x'.repeat(70_000))).toMatchObject({
      result: false,
      message: expect.stringContaining('65536'),
    });
    expect(await call(first, {})).toMatchObject({ result: true });

    await gantry.untilState(task_id, 'FINISHED');
    expect((await gantry.get(`/apigw/get_task_detail/${task_id}/1/`)).data.outputs[0].value).toEqual({ early: true });
    expect(await call(first, {})).toMatchObject({ result: false });
  });

  it('takes a repeated request with the same id as one request', async () => {
    const { task_id, pipeline_tree } = await gantry.create(WAITING);
    const node_id = Object.keys(pipeline_tree.activities)[0]!;
    await gantry.start(task_id);
    const body = { node_id, callback_data: { once: true }, request_id: 'call-1' };

    const call = (request: object) => gantry.post(`/apigw/node_callback/${task_id}/1/`, request);
    const answers = [await call(body), await call(body)];
    await gantry.untilState(task_id, 'FINISHED');
    // The answer to the first one may have got lost: nobody who asks again later is told that it is not possible.
    answers.push(await call(body));

    expect(answers).toMatchObject([{ result: true }, { result: true }, { result: true }]);
    for (const other of [{ request_id: 'call-2' }, { request_id: undefined }]) {
      expect(await call({ ...body, ...other })).toMatchObject({
        result: false,
        message: expect.stringContaining('is FINISHED'),
      });
    }
  });

  it('shows the rendered inputs and the outputs of a node', async () => {
    const tree = sketch({
      chains: ['S a E'],
      activities: { a: { inputs: { bk_display_message: 'hello ${who}' } } },
      constants: { who: { value: 'world' } },
    });
    const { task_id, pipeline_tree } = await gantry.create(tree);
    const node_id = Object.keys(pipeline_tree.activities)[0]!;
    await gantry.start(task_id);
    await gantry.untilState(task_id, 'FINISHED');

    const { data } = await gantry.get(`/apigw/get_task_node_data/1/${task_id}/?node_id=${node_id}`);

    expect(data.inputs).toEqual({ bk_display_message: 'hello world', _loop: 1, _inner_loop: 1 });
    expect(data.outputs).toContainEqual({ name: '', key: '_result', value: true, preset: false });
    expect(await gantry.get(`/apigw/get_task_node_data/1/${task_id}/?node_id=nobody`)).toMatchObject({
      result: false,
      code: 3599999,
    });
  });

  it('goes on when a value holds what Postgres cannot: it is recorded with a replacement', async () => {
    const inputs = { bk_display_message: 'a\u0000b\ud800' };
    const { task_id, pipeline_tree } = await gantry.create(
      sketch({ chains: ['S a E'], activities: { a: { inputs } } }),
    );
    await gantry.start(task_id);

    await gantry.untilState(task_id, 'FINISHED');

    const node_id = Object.keys(pipeline_tree.activities)[0]!;
    const { data } = await gantry.get(`/apigw/get_task_node_data/1/${task_id}/?node_id=${node_id}`);
    expect(data.inputs.bk_display_message).toBe('a\ufffdb\ufffd');
  });

  it('takes another operation with the same request id for another request', async () => {
    const tree = sketch({
      chains: ['S a E'],
      activities: { a: { code: 'sleep_timer', inputs: { bk_timing: 'bad' } } },
    });
    const { task_id, pipeline_tree } = await gantry.create(tree);
    const node_id = Object.keys(pipeline_tree.activities)[0]!;
    await gantry.start(task_id);
    await gantry.untilState(task_id, 'FAILED');
    const operate = (action: string) =>
      gantry.post(`/apigw/operate_node/1/${task_id}/`, { node_id, action, request_id: 'r' });

    expect(await operate('retry')).toMatchObject({ result: true });
    await gantry.until(
      task_id,
      ({ children }) => children[node_id]!.retry === 1 && children[node_id]!.state === 'FAILED',
    );
    expect(await operate('skip')).toMatchObject({ result: true });

    expect((await gantry.untilState(task_id, 'FINISHED')).children[node_id]).toMatchObject({ skip: true, retry: 1 });
  });

  it('takes a request that was refused when it comes again, with the same request id, and has become possible', async () => {
    const { task_id, pipeline_tree } = await gantry.create(WAITING);
    const node_id = Object.keys(pipeline_tree.activities)[0]!;
    await gantry.start(task_id);
    await gantry.until(task_id, ({ children }) => children[node_id]?.state === 'RUNNING');
    const operate = (action: string, request_id: string) =>
      gantry.post(`/apigw/operate_node/1/${task_id}/`, { node_id, action, request_id });

    expect(await operate('skip', 'r')).toMatchObject({ result: false });
    expect(await operate('forced_fail', 'f')).toMatchObject({ result: true });
    await gantry.untilState(task_id, 'FAILED');
    expect(await operate('skip', 'r')).toMatchObject({ result: true });

    await gantry.untilState(task_id, 'FINISHED');
  });

  it('refuses a callback for an attempt that is not the current one', async () => {
    const { task_id, pipeline_tree } = await gantry.create(WAITING);
    const node_id = Object.keys(pipeline_tree.activities)[0]!;
    await gantry.start(task_id);
    const { children } = await gantry.until(task_id, (root) => root.children[node_id]?.state === 'RUNNING');
    const call = (version: string) => gantry.post(`/apigw/node_callback/${task_id}/1/`, { node_id, version });

    expect(await call('v-of-yesterday')).toMatchObject({ result: false, code: 3599999 });
    expect(await call(children[node_id]!.version)).toMatchObject({ result: true });
    await gantry.untilState(task_id, 'FINISHED');
  });

  it('is not seen from another project', async () => {
    const { task_id } = await gantry.create(WAITING);
    const { id } = await gantry.db
      .insertInto('projects')
      .values({ name: 'other', bk_biz_id: null })
      .returning('id')
      .executeTakeFirstOrThrow();

    expect(await gantry.get(`/apigw/get_task_detail/${task_id}/${id}/?scope=project`)).toMatchObject({
      result: false,
      code: 3540400,
    });
  });
});
