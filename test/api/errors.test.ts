import request from '../data/examples/fast_create_task.request.json';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

const LINE = sketch({
  chains: ['S a E'],
});

describe('the bk-sops API refuses', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
  });

  afterAll(() => gantry.stop());

  it('a body that is not JSON', async () => {
    const answer = await gantry.post('/apigw/fast_create_task/1/', '{"name":');

    expect(answer).toMatchObject({
      status: 200,
      result: false,
      code: 3540000,
      message: 'invalid json format',
      data: null,
    });
  });

  it('a body that is not an object', async () => {
    expect(await gantry.post('/apigw/fast_create_task/1/', [])).toMatchObject({
      code: 3540000,
      message: 'request body must be a object',
    });
  });

  it('missing fields, naming each', async () => {
    const answer = await gantry.post('/apigw/fast_create_task/1/', {});

    expect(answer).toMatchObject({ result: false, code: 3540000 });
    expect(answer.errors).toEqual([
      expect.objectContaining({ field: 'name' }),
      expect.objectContaining({ field: 'pipeline_tree' }),
    ]);
  });

  it.each([
    [
      'an app code that is not known',
      { bk_app_code: 'stranger', bk_app_secret: 'x', bk_username: 'admin' },
      'bk_app_code',
    ],
    ['a wrong secret', { bk_app_code: 'test-app', bk_app_secret: 'x', bk_username: 'admin' }, 'bk_app_secret'],
    ['no user', { bk_app_code: 'test-app', bk_app_secret: 'test-secret' }, 'bk_username'],
    ['no credentials at all', {}, 'bk_app_code'],
  ])('%s', async (_name, credentials, word) => {
    const headers = { 'X-Bkapi-Authorization': JSON.stringify(credentials) };

    const answer = await gantry.post('/apigw/fast_create_task/1/', { name: 'x', pipeline_tree: LINE }, headers);

    expect(answer).toMatchObject({ status: 401, result: false, data: null });
    expect(answer.message).toContain(word);
  });

  it('an unknown project', async () => {
    const answer = await gantry.post('/apigw/fast_create_task/77/', { name: 'x', pipeline_tree: LINE });

    expect(answer).toMatchObject({ code: 3540400, message: 'project(77) with scope(cmdb_biz) does not exist.' });
  });

  it('a task of nobody', async () => {
    expect(await gantry.post('/apigw/start_task/123456/1/')).toMatchObject({ code: 3540400, result: false });
    expect(await gantry.get('/apigw/get_task_detail/123456/1/')).toMatchObject({ code: 3540400, result: false });
    expect(await gantry.get('/apigw/get_task_status/123456/1/')).toMatchObject({ code: 3599999, result: false });
  });

  it('another method than the endpoint has', async () => {
    expect(await gantry.get('/apigw/start_task/1/1/')).toMatchObject({ status: 405, result: false });
  });

  it('ids that are no digits', async () => {
    expect(await gantry.post('/apigw/start_task/abc/1/')).toMatchObject({ status: 404 });
  });

  const dangling = structuredClone(LINE);
  dangling.flows.a_E!.target = 'ghost';
  const unreachable = structuredClone(LINE);
  unreachable.activities.b = { ...unreachable.activities.a!, id: 'b', incoming: ['c_b'], outgoing: 'b_c' };
  unreachable.activities.c = { ...unreachable.activities.a!, id: 'c', incoming: ['b_c'], outgoing: 'c_b' };
  unreachable.flows.b_c = { id: 'b_c', source: 'b', target: 'c' };
  unreachable.flows.c_b = { id: 'c_b', source: 'c', target: 'b' };
  const wrongKey = structuredClone(LINE);
  wrongKey.constants['k-1'] = { key: 'k-1', name: 'k', value: '' };
  const openParallel = sketch({
    chains: ['S p a E', 'p b E'],
    gateways: { p: { type: 'ParallelGateway' } },
  });
  const unknownPlugin = sketch({
    chains: ['S a E'],
    activities: { a: { code: 'no_such_plugin' } },
  });
  it.each([
    ['a flow to nowhere', dangling, 'ghost'],
    ['nodes that are not reached', unreachable, 'b'],
    ['a constant with a wrong key', wrongKey, 'k-1'],
    ['a parallel gateway that does not converge', openParallel, 'p'],
    ['a plugin that does not exist', unknownPlugin, 'no_such_plugin'],
  ])('%s, naming it, and writes nothing', async (_name, pipeline_tree, word) => {
    const before = await countTasks();

    const answer = await gantry.post('/apigw/fast_create_task/1/', { name: 'x', pipeline_tree });

    expect(answer).toMatchObject({ status: 200, result: false, code: 3540000, data: null });
    expect(answer.message).toContain('[API] fast_create_task get invalid pipeline_tree');
    expect(JSON.stringify(answer)).toContain(word);
    expect(JSON.stringify(answer)).not.toMatch(/at .*\.ts:\d+|node_modules/);
    expect(await countTasks()).toBe(before);
  });

  it('every problem at once', async () => {
    const tree = structuredClone(unknownPlugin);
    const second = { ...structuredClone(tree.activities.a!), id: 'b', incoming: ['a_b'], outgoing: 'b_E' };
    tree.activities = { a: { ...tree.activities.a!, outgoing: 'a_b' }, b: second };
    tree.flows = {
      S_a: tree.flows.S_a!,
      a_b: { id: 'a_b', source: 'a', target: 'b' },
      b_E: { id: 'b_E', source: 'b', target: 'E' },
    };
    tree.end_event.incoming = ['b_E'];

    const { errors } = await gantry.post('/apigw/fast_create_task/1/', { name: 'x', pipeline_tree: tree });

    expect(errors).toEqual([expect.objectContaining({ nodeId: 'a' }), expect.objectContaining({ nodeId: 'b' })]);
  });

  it.each([
    ['/apigw/fast_create_task/1/', { name: 'a\u0000b', pipeline_tree: LINE }, 'name'],
    ['/apigw/node_callback/1/1/', { node_id: 'a', request_id: '\ud800' }, 'request_id'],
    ['/api/c/compapi/v2/sops/start_task/', { bk_biz_id: 1, task_id: { toString: 1 } }, 'task_id'],
  ])('text that is none: %s %j', async (path, body, field) => {
    const answer = await gantry.post(path, body);

    expect(answer).toMatchObject({
      status: 200,
      result: false,
      code: 3540000,
      message: expect.stringContaining(field),
    });
  });

  it.each(['__proto__', 'constructor', 'toString'])('the action %s', async (action) => {
    const { task_id } = await gantry.create(LINE);

    expect(await gantry.post(`/apigw/operate_task/${task_id}/1/`, { action })).toMatchObject({
      code: 3545000,
      message: expect.stringContaining('task command is invalid'),
    });
  });

  it('a seed request with credentials that are not known', async () => {
    expect(
      await gantry.send('POST', '/api/c/compapi/v2/sops/fast_create_task/', JSON.stringify(request), {
        'X-Bkapi-Authorization': '{}',
      }),
    ).toMatchObject({
      status: 401,
    });
  });

  async function countTasks(): Promise<number> {
    const { count } = await gantry.db
      .selectFrom('tasks')
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow();
    return Number(count);
  }
});
