import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

const ONE = sketch({ chains: ['S a E'] });
const WAITING = sketch({ chains: ['S a E'], activities: { a: { code: 'pause_node' } } });
const FAILING = sketch({ chains: ['S a E'], activities: { a: { code: 'sleep_timer', inputs: { bk_timing: 'bad' } } } });

describe('lists of tasks', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
  });

  afterAll(() => gantry.stop());

  const list = (query: Record<string, string> = {}, project = '1/') =>
    gantry.get(`/apigw/get_task_list/${project}?${new URLSearchParams(query)}`) as Promise<
      Awaited<ReturnType<Gantry['get']>> & { count: number }
    >;
  const namesOf = async (query: Record<string, string>) =>
    (await list(query)).data.map(({ name }: { name: string }) => name);

  describe('of a project', () => {
    beforeAll(async () => {
      for (const name of ['Alpha 100%', 'beta_1', 'beta21', 'gamma']) await gantry.create(ONE, { name });
      const { task_id } = await gantry.create(ONE, { name: 'finished', category: 'OpsTools' });
      await gantry.start(task_id);
      await gantry.untilState(task_id, 'FINISHED');
      const { task_id: revoked } = await gantry.create(WAITING, { name: 'revoked' });
      await gantry.start(revoked);
      await gantry.post(`/apigw/operate_task/${revoked}/1/`, { action: 'revoke' });
      await gantry.untilState(revoked, 'REVOKED');
      const changes = {
        create_method: 'periodic',
        template_id: '7',
        template_source: 'project',
        created_at: new Date('2020-05-02T22:30:00.4Z'),
      };
      await gantry.db.updateTable('tasks').set(changes).where('name', '=', 'gamma').execute();
    });

    it('come newest first, with their count and everything that clients read', async () => {
      const answer = await list();

      expect(answer.data.map(({ name }: { name: string }) => name)).toEqual([
        'revoked',
        'finished',
        'gamma',
        'beta21',
        'beta_1',
        'Alpha 100%',
      ]);
      expect(answer.count).toBe(6);
      expect(answer.data[1]).toEqual({
        id: expect.any(Number),
        name: 'finished',
        category: 'Operation tools',
        create_method: 'api',
        creator: 'admin',
        executor: 'admin',
        start_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        finish_time: expect.stringMatching(/Z$/),
        is_started: true,
        is_finished: true,
        is_revoked: false,
        template_source: 'onetime',
        template_id: '',
        is_child_taskflow: false,
        project_id: 1,
        project_name: 'demo',
        bk_biz_id: 1,
        bk_biz_name: 'demo',
        auth_actions: expect.arrayContaining(['task_view', 'task_delete']),
      });
      expect(answer.data[5]).toMatchObject({ start_time: null, finish_time: null, is_started: false, executor: '' });
    });

    it.each<[Record<string, string>, string[]]>([
      [{ keyword: 'ALPHA' }, ['Alpha 100%']],
      [{ keyword: '0%' }, ['Alpha 100%']],
      [{ keyword: 'a_1' }, ['beta_1']],
      [{ keyword: '\\' }, []],
      [{ is_started: 'true' }, ['revoked', 'finished']],
      [{ is_started: 'false', keyword: 'beta' }, ['beta21', 'beta_1']],
      [{ is_finished: 'True' }, ['finished']],
      [{ is_finished: 'false', is_started: '1' }, ['revoked']],
      [{ executor: 'admin' }, ['revoked', 'finished']],
      [{ executor: 'nobody' }, []],
      [{ create_method: 'periodic' }, ['gamma']],
      [{ template_id: '7' }, ['gamma']],
      [{ template_ids: '6, 7' }, ['gamma']],
      [{ template_id: '6', template_ids: '7,8' }, []],
      [{ is_child_taskflow: 'true' }, []],
      [{ is_child_taskflow: 'false', keyword: 'gamma' }, ['gamma']],
      [{ create_time_end: '2020-05-02' }, ['gamma']],
      [{ create_time_end: '2020-05-01' }, []],
      [{ create_time_start: '2020-05-02', create_time_end: '2020-05-02' }, ['gamma']],
      [{ create_time_start: '2020-05-02 22:30:00', create_time_end: '2020-05-02 22:30:00' }, ['gamma']],
      [{ create_time_start: '2020-05-03 06:30:00+0800', create_time_end: '2020-05-03 06:30:00 +0800' }, ['gamma']],
      [{ create_time_start: '2020-05-02T22:30:00Z', create_time_end: '2020-05-02T22:31:00.000Z' }, ['gamma']],
      [
        { create_time_start: '2020-05-03', create_time_end: '2020-05-03', expected_timezone: 'Asia/Shanghai' },
        ['gamma'],
      ],
      [{ create_time_start: '2020-05-03', create_time_end: '2020-05-03' }, []],
      [{ limit: '2' }, ['revoked', 'finished']],
      [{ limit: '2', offset: '4' }, ['beta_1', 'Alpha 100%']],
      [{ limit: '0' }, []],
      [{ limit: '1000', keyword: 'gamma' }, ['gamma']],
    ])('are those that %j means', async (query, names) => {
      expect(await namesOf(query)).toEqual(names);
      const { limit: _, offset: __, ...filter } = query;
      const { data } = await gantry.get(`/apigw/get_task_count/1/?${new URLSearchParams(filter)}`);
      if (!('limit' in query)) expect(data).toEqual({ count: names.length });
    });

    it.each([1, 2, 3, 4, 5, 7, 100])('come page by page, %i each, as all together, none twice', async (limit) => {
      const all = await namesOf({ limit: '200' });
      const pages: string[] = [];
      for (let offset = 0; offset < all.length + 2; offset += limit) {
        pages.push(...(await namesOf({ limit: String(limit), offset: String(offset) })));
      }

      expect(pages).toEqual(all);
    });

    it.each<[Record<string, string>, number, string]>([
      [{ limit: '-1' }, 3545000, 'greater or equal to 0'],
      [{ offset: 'x' }, 3545000, 'greater or equal to 0'],
      [{ is_started: 'maybe' }, 3546100, 'is_started'],
      [{ template_ids: '7,x' }, 3546100, 'template_ids'],
      [{ create_time_start: 'yesterday' }, 3546100, 'create_time_start'],
      [{ create_time_end: '2020-02-31' }, 3546100, 'create_time_end'],
      [{ expected_timezone: 'Mars/Olympus' }, 3546100, 'expected_timezone Mars/Olympus is unknown.'],
    ])('refuse %j', async (query, code, message) => {
      expect(await list(query)).toMatchObject({ result: false, code, message: expect.stringContaining(message) });
    });

    it('have times of the zone that is asked for, and no count when nobody wants it', async () => {
      const answer = await list({ expected_timezone: 'Asia/Shanghai', without_count: '1', is_finished: 'true' });

      expect(answer.data[0].start_time).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0800$/);
      expect(answer.count).toBe(-1);
    });

    it('are counted in groups', async () => {
      const count = (body: object) => gantry.post('/apigw/query_task_count/1/', body);

      const byStatus = (await count({ group_by: 'status' })).data;
      expect(byStatus.total).toBe(6);
      expect(byStatus.groups.map(({ code, value }: { code: string; value: number }) => [code, value])).toEqual([
        ['CREATED', 4],
        ['EXECUTING', 0],
        ['FINISHED', 2],
      ]);
      const byCategory = (await count({ group_by: 'category', conditions: { is_started: true } })).data;
      expect(byCategory.groups).toContainEqual({ code: 'OpsTools', name: 'Operation tools', value: 1 });
      expect(byCategory.total).toBe(2);
      expect((await count({ group_by: 'create_method', conditions: { template_id: 7 } })).data).toMatchObject({
        total: 1,
      });
      expect(await count({ group_by: 'colour' })).toMatchObject({
        code: 3540000,
        message: expect.stringContaining('group_by[colour]'),
      });
      expect(await count({ group_by: 'status', conditions: { project_id: 2 } })).toMatchObject({ result: false });
    });

    it('of another project are not among them', async () => {
      const { id } = await gantry.db
        .insertInto('projects')
        .values({ name: 'other', bk_biz_id: null })
        .returning('id')
        .executeTakeFirstOrThrow();

      expect(await list({ scope: 'project' }, `${id}/`)).toMatchObject({ data: [], count: 0 });
      const [mine] = (await list({ limit: '1' })).data;
      const there = `${id}/`;
      const body = { scope: 'project', task_id_list: [mine.id] };
      expect((await gantry.post(`/apigw/get_tasks_status/${there}`, body)).data).toEqual([]);
      expect((await gantry.post(`/apigw/get_tasks_manual_intervention_state/${there}`, body)).data).toEqual([]);
      for (const name of [
        'get_task_operate_record',
        'get_task_effective_time',
        'get_task_node_log',
        'get_task_plugin_log',
        'get_node_job_executed_log',
        'get_task_node_detail',
      ]) {
        const answer = await gantry.get(`/apigw/${name}/${mine.id}/${there}?scope=project&node_id=n&version=v`);
        expect(answer).toMatchObject({ result: false, code: 3540400 });
      }
    });
  });

  it('tell the states of several tasks at once', async () => {
    const created = await gantry.create(ONE);
    const failed = await gantry.create(FAILING);
    await gantry.start(failed.task_id);
    await gantry.untilState(failed.task_id, 'FAILED');
    const ids = [created.task_id, String(failed.task_id), 999_999];

    const { data } = await gantry.post('/apigw/get_tasks_status/1/', { task_id_list: ids });
    expect(data).toMatchObject([
      {
        id: failed.task_id,
        status: { state: 'FAILED', children: {} },
        current_flow: 'execute_task',
        is_deleted: false,
      },
      { id: created.task_id, status: { state: 'CREATED' }, start_time: '' },
    ]);
    const withNodes = await gantry.post('/apigw/get_tasks_status/1/', {
      task_id_list: ids,
      include_children_status: true,
    });
    const node = Object.keys(failed.pipeline_tree.activities)[0]!;
    expect(withNodes.data[0].status.children[node]).toMatchObject({ state: 'FAILED' });

    expect(await gantry.post('/apigw/get_tasks_status/1/', { task_id_list: 'x' })).toMatchObject({
      code: 3540000,
      message: expect.stringContaining('task_id_list must be a list'),
    });
    const many = Array.from({ length: 51 }, (_, id) => id);
    expect(await gantry.post('/apigw/get_tasks_status/1/', { task_id_list: many })).toMatchObject({
      code: 3540000,
      message: 'task_id_list is too long, maximum length is 50',
    });
  });

  it('tell which tasks wait for a person', async () => {
    const [created, failed, waiting, revoked] = [
      await gantry.create(ONE),
      await gantry.create(FAILING),
      await gantry.create(WAITING),
      await gantry.create(FAILING),
    ].map(({ task_id }) => task_id) as [number, number, number, number];
    for (const id of [failed, waiting, revoked]) await gantry.start(id);
    await gantry.untilState(failed, 'FAILED');
    await gantry.untilState(revoked, 'FAILED');
    await gantry.post(`/apigw/operate_task/${revoked}/1/`, { action: 'revoke' });
    await gantry.untilState(revoked, 'REVOKED');
    await gantry.until(waiting, ({ children }) => Object.values(children).some(({ waiting_for }) => waiting_for));

    const approval = sketch({ chains: ['S a E'], activities: { a: { code: 'bk_approve', version: 'v1.0' } } });
    const within = sketch({ chains: ['S s E'], activities: { s: { type: 'SubProcess', pipeline: approval } } });
    const approvals: number[] = [];
    for (const tree of [approval, within]) {
      const { task_id: id } = await gantry.create(tree);
      await gantry.start(id);
      approvals.push(id);
    }

    const ask = (task_id_list: number[]) =>
      gantry.post('/apigw/get_tasks_manual_intervention_state/1/', { task_id_list });
    for (const id of approvals) {
      await gantry.until(id, (root) => JSON.stringify(root).includes('an approval'));
      expect((await ask([id])).data).toEqual([{ id, manual_intervention_required: true }]);
    }
    expect((await ask([created, failed, waiting, revoked])).data).toEqual([
      { id: revoked, manual_intervention_required: false },
      { id: waiting, manual_intervention_required: true },
      { id: failed, manual_intervention_required: true },
      { id: created, manual_intervention_required: false },
    ]);
    expect(await ask(Array.from({ length: 10 }, (_, id) => id))).toMatchObject({
      code: 3540000,
      message: expect.stringContaining('10'),
    });
  });
});
