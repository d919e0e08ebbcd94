import '../support/own-plugins';
import { addCaller, addPlainApp } from '../support/callers';
import { eventually } from '../support/eventually';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

describe('projects through the bk-sops API', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    await gantry.startWorker();
  });

  afterAll(() => gantry.stop());

  const auditOf = (object: string) =>
    gantry.db
      .selectFrom('audit_records')
      .select(['project_id', 'username', 'action', 'detail'])
      .where('object', '=', object)
      .orderBy('id')
      .execute();

  it('are made by trusted apps, for a user who may do everything in them', async () => {
    const answer = await gantry.post('/apigw/create_project/', {
      name: 'shop',
      bk_biz_id: '40',
      time_zone: 'Asia/Tokyo',
    });

    expect(answer).toMatchObject({ result: true, data: { project_name: 'shop' } });
    const { project_id } = answer.data;
    expect(await gantry.get('/apigw/get_user_project_detail/40/')).toMatchObject({
      data: {
        project_id,
        project_name: 'shop',
        bk_biz_id: 40,
        from_cmdb: true,
        time_zone: 'Asia/Tokyo',
        auth_actions: ['project_view', 'project_edit', 'project_fast_create_task'],
      },
    });
    expect((await gantry.get('/apigw/get_project_roles/40/')).data).toEqual([{ username: 'admin', role: 'admin' }]);
    expect(await auditOf(`project ${project_id}`)).toEqual([
      { project_id, username: 'admin', action: 'create', detail: { name: 'shop', bizId: 40, timeZone: 'Asia/Tokyo' } },
    ]);
  });

  it.each([
    [{ name: '' }, 3540000, 'name'],
    [{ name: ' ' }, 3540000, 'name'],
    [{ name: 'x'.repeat(101) }, 3540000, 'name'],
    [{ name: 'x', time_zone: 'Mars/Phobos' }, 3546100, 'time_zone Mars/Phobos is unknown.'],
    [{ name: 'x', bk_biz_id: 1 }, 3540000, 'bk_biz_id 1 has a project already'],
    [{ name: 'x', bk_biz_id: 0 }, 3540000, 'bk_biz_id'],
  ])('are not made of %j', async (body, code, message) => {
    const answer = await gantry.post('/apigw/create_project/', body);

    expect(answer).toMatchObject({ status: 200, result: false, code, message: expect.stringContaining(message) });
  });

  it('are registered by their business, once', async () => {
    const first = await gantry.post('/apigw/register_project/', { bk_biz_id: 50 });
    const again = await gantry.post('/api/c/compapi/v2/sops/register_project/', { bk_biz_id: '50' });

    expect(first).toMatchObject({ result: true, data: { project_name: 'business 50' } });
    expect(again.data).toEqual(first.data);
  });

  it('are registered by trusted apps only', async () => {
    const headers = await addCaller(gantry, 'rita', 'admin');

    expect(await gantry.post('/apigw/register_project/', { bk_biz_id: 51 }, headers)).toMatchObject({
      status: 403,
      code: 3540100,
      message: 'you have no permission to call this api.',
    });
  });

  it('are listed for those who have a role in them, and all of them for trusted apps', async () => {
    const { data: own } = await gantry.post('/apigw/create_project/', { name: 'own' });
    const headers = await addCaller(gantry, 'lily', 'viewer', own.project_id);

    const listed = await gantry.send('GET', '/apigw/get_user_project_list/', undefined, headers);
    const all = await gantry.get('/apigw/get_user_project_list/?include_executor_proxy=true');

    expect(listed.data).toEqual([{ project_id: own.project_id, bk_biz_id: null, name: 'own' }]);
    expect(all.data).toEqual(
      expect.arrayContaining([
        { project_id: 1, bk_biz_id: 1, name: 'demo', executor_proxy: '' },
        { project_id: own.project_id, bk_biz_id: null, name: 'own', executor_proxy: '' },
      ]),
    );
  });

  it('are changed by their admins, but given to a business by trusted apps only', async () => {
    const { data: made } = await gantry.post('/apigw/create_project/', { name: 'before' });
    const path = `/apigw/update_project/${made.project_id}/`;
    const headers = await addCaller(gantry, 'paul', 'admin', made.project_id);

    const changed = await gantry.post(path, { scope: 'project', name: 'after', time_zone: 'Europe/Berlin' }, headers);
    const claimed = await gantry.post(path, { scope: 'project', new_bk_biz_id: 60 }, headers);
    const given = await gantry.post(path, { scope: 'project', new_bk_biz_id: 60 });
    const taken = await gantry.post(path, { scope: 'project', new_bk_biz_id: 1 });

    expect(changed.data).toMatchObject({ project_name: 'after', time_zone: 'Europe/Berlin', bk_biz_id: null });
    expect(claimed).toMatchObject({ status: 403 });
    expect(given.data).toMatchObject({ bk_biz_id: 60 });
    expect(taken).toMatchObject({ code: 3540000, message: 'bk_biz_id 1 has a project already' });
    expect((await gantry.get('/apigw/get_user_project_detail/60/')).data.project_id).toBe(made.project_id);
    expect(await auditOf(`project ${made.project_id}`)).toMatchObject([
      { action: 'create' },
      { username: 'paul', action: 'update', detail: { before: { name: 'before' }, after: { name: 'after' } } },
      { username: 'admin', action: 'update', detail: { before: { bizId: null }, after: { bizId: 60 } } },
    ]);
  });

  it('have roles that their admins give, change and take, each on record', async () => {
    const set = (role: string | null) => gantry.post('/apigw/set_project_role/1/', { username: 'gina', role });

    expect(await set('viewer')).toMatchObject({ result: true, data: { username: 'gina', role: 'viewer' } });
    expect(await set('editor')).toMatchObject({ result: true });
    expect((await gantry.get('/apigw/get_project_roles/1/')).data).toContainEqual({ username: 'gina', role: 'editor' });
    expect(await set(null)).toMatchObject({ result: true });
    expect(await set(null)).toMatchObject({ code: 3540400, message: 'gina has no role in project 1' });
    expect(await set('owner')).toMatchObject({ code: 3540000 });
    expect(await auditOf('role of gina')).toMatchObject([
      { project_id: 1, username: 'admin', detail: { before: null, after: 'viewer' } },
      { detail: { before: 'viewer', after: 'editor' } },
      { detail: { before: 'editor', after: null } },
    ]);
  });

  it('give no role to what is no name', async () => {
    const answer = await gantry.post('/apigw/set_project_role/1/', { username: 'two words', role: 'viewer' });

    expect(answer).toMatchObject({ code: 3540000, message: expect.stringContaining('username') });
  });

  it('have constants, which their tasks read, in subprocesses too', async () => {
    const set = (key: string, value: string) => gantry.post('/apigw/set_project_constant/1/', { key, value });
    await set('HOST', 'before');
    expect(await set('HOST', 'db.test')).toMatchObject({ data: { key: 'HOST', value: 'db.test', description: '' } });
    await set('gone', 'x');
    expect(await gantry.post('/apigw/delete_project_constant/1/', { key: 'gone' })).toMatchObject({ result: true });
    expect((await gantry.get('/apigw/get_project_constants/1/')).data).toEqual([
      { key: 'HOST', value: 'db.test', description: '' },
    ]);
    const inner = sketch({
      chains: ['S shown E'],
      activities: { shown: { code: 'test_quick', inputs: { value: 'inner ${_env_HOST}' } } },
    });
    const tree = sketch({
      chains: ['S sub shown E'],
      activities: {
        sub: { type: 'SubProcess', pipeline: inner },
        shown: { code: 'test_quick', inputs: { value: '${_env_HOST} and ${_env_gone}' } },
      },
    });
    const { task_id } = await gantry.create(tree);

    await gantry.start(task_id);
    await gantry.untilState(task_id, 'FINISHED');

    expect(await outputsOf(task_id)).toEqual(['db.test and ${_env_gone}', 'inner db.test']);
  });

  it.each(['', 'a-b', '${HOST}', 'x'.repeat(101)])('have no constant that is called %j', async (key) => {
    const answer = await gantry.post('/apigw/set_project_constant/1/', { key, value: 'x' });

    expect(answer).toMatchObject({ code: 3540000, message: expect.stringContaining('key') });
  });

  it('have no more constants than fit into a start', async () => {
    const value = 'x'.repeat(200 * 1024);
    await gantry.post('/apigw/set_project_constant/40/', { key: 'a', value });

    const answer = await gantry.post('/apigw/set_project_constant/40/', { key: 'b', value });

    expect(answer).toMatchObject({ code: 3540000, message: expect.stringContaining('the limit is') });
    const { data } = await gantry.get('/apigw/get_project_constants/40/');
    expect(data.map(({ key }: { key: string }) => key)).toEqual(['a']);
  });

  it('do not delete a constant that is not there', async () => {
    expect(await gantry.post('/apigw/delete_project_constant/1/', { key: 'ghost' })).toMatchObject({
      code: 3540400,
      message: 'constant ghost of project 1 does not exist',
    });
  });

  it('have the work of their tasks done in the name of the proxy that is nearest', async () => {
    const setProxy = (executor_proxy: string) =>
      gantry.post('/apigw/modify_project_executor_proxy/40/', { executor_proxy });
    const tree = sketch({
      chains: ['S a E'],
      activities: { a: { code: 'test_quick', inputs: { value: '${_system.executor} for ${_system.operator}' } } },
    });
    const runIn = async (executor_proxy: string, templateProxy: string) => {
      const { data } = await gantry.post('/apigw/fast_create_task/40/', { name: 'x', pipeline_tree: tree });
      const template_id = templateProxy === '' ? null : String(await addTemplate(templateProxy));
      await gantry.db
        .updateTable('tasks')
        .set({ executor_proxy, template_id })
        .where('id', '=', data.task_id)
        .execute();
      await gantry.post(`/apigw/start_task/${data.task_id}/40/`);
      await untilFinished(data.task_id);
      return outputsOf(data.task_id);
    };

    expect(await runIn('', '')).toEqual(['admin for admin']);
    expect(await setProxy('deployer')).toMatchObject({ data: { executor_proxy: 'deployer' } });
    expect(await runIn('', '')).toEqual(['deployer for admin']);
    expect(await runIn('', 'author')).toEqual(['author for admin']);
    expect(await runIn('taskuser', 'author')).toEqual(['taskuser for admin']);
  });

  it('let nobody have work done in the name of another', async () => {
    const headers = await addCaller(gantry, 'mona', 'admin');
    const set = (executor_proxy: string) =>
      gantry.post('/apigw/modify_project_executor_proxy/1/', { executor_proxy }, headers);

    expect(await set('admin')).toMatchObject({ code: 3540000, message: 'executor_proxy can only be set to oneself' });
    expect(await set('mona')).toMatchObject({ result: true });
    expect(await set('')).toMatchObject({ result: true });
  });

  async function outputsOf(taskId: number): Promise<unknown[]> {
    const rows = await gantry.db
      .selectFrom('node_executions')
      .select('outputs')
      .where('task_id', '=', taskId)
      .where('status', '=', 'FINISHED')
      .execute();
    return rows.flatMap(({ outputs }) => (outputs && 'value' in outputs ? [outputs.value] : [])).sort();
  }

  async function untilFinished(taskId: number): Promise<void> {
    const read = () => gantry.get(`/apigw/get_task_status/${taskId}/40/`);
    await eventually('the task ends', read, { isWanted: ({ data }) => data.state === 'FINISHED' });
  }

  async function addTemplate(executor_proxy: string): Promise<number> {
    const nobody = JSON.stringify({});
    const row = { project_id: null, name: 't', version: 1, creator: 'admin', editor: 'admin', executor_proxy };
    const { id } = await gantry.db
      .insertInto('templates')
      .values({ ...row, notify_type: JSON.stringify({ success: [], fail: [] }), notify_receivers: nobody })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  }
});
