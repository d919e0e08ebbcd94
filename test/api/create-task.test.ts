import request from '../data/pipelines/22_subprocess_params_and_outputs.json';
import { addCaller, addPlainApp } from '../support/callers';
import { Gantry } from '../support/gantry';
import { drawing, shelve, shelveScheme } from '../support/templates';
import { sketch } from '../support/trees';

const OPTIONAL = { optional: true };
const HELLO = sketch({
  chains: ['S a b E'],
  activities: { a: { inputs: { bk_display_message: '${who}' } }, b: OPTIONAL },
  constants: { who: { value: 'world', validation: '^[a-z]+$' } },
});

const STEP = '[API] create_task create pipeline without tree error: ';
const SCHEME_IDS = 'invalid template_schemes_id: all items must be non-empty strings or positive integers';

describe('tasks from templates', () => {
  let gantry: Gantry;
  let templateId: number;
  let key = 0;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
    templateId = await shelve(gantry.db, 'hello', HELLO);
    await gantry.db
      .updateTable('templates')
      .set({ category: 'OpsTools', executor_proxy: 'proxy' })
      .where('id', '=', templateId)
      .execute();
  });

  afterAll(() => gantry.stop());

  const create = (body: object, headers = {}, id = templateId) =>
    gantry.post(`/apigw/create_task/${id}/1/`, { name: 'task', ...body }, headers);

  const createAndStart = (body: object, headers = {}, id = templateId) =>
    gantry.post(`/apigw/create_and_start_task/${id}/1/`, { name: 'task', ...body }, headers);

  const newKey = () => ({ 'Idempotency-Key': `key ${++key}` });

  const countTasks = async () => {
    const { count } = await gantry.db
      .selectFrom('tasks')
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow();
    return Number(count);
  };

  const rowOf = (id: number) =>
    gantry.db.selectFrom('tasks').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

  describe('create_task', () => {
    it('makes a task of the template with the choices, and does not start it', async () => {
      const answer = await create({
        name: 'my <task>',
        template_source: 'business',
        constants: { '${who}': 'you' },
        exclude_task_nodes_id: ['b'],
        description: 'for a test',
        callback_url: 'http://client.test/heard',
        callback_version: 'v2',
      });

      expect(answer).toMatchObject({ result: true, code: 0 });
      const { task_id, task_url, pipeline_tree } = answer.data;
      expect(task_url).toBe(`http://gantry.test/taskflow/execute/1/?instance_id=${task_id}`);
      expect(answer.data).not.toHaveProperty('function_task_claim_url');
      const activities = Object.values<{ template_node_id: string }>(pipeline_tree.activities);
      expect(activities.map(({ template_node_id }) => template_node_id)).toEqual(['a']);
      expect(pipeline_tree.constants['${who}'].value).toBe('you');
      expect(await rowOf(task_id)).toMatchObject({
        name: 'my <task>',
        description: 'for a test',
        category: 'OpsTools',
        executor_proxy: 'proxy',
        template_id: String(templateId),
        template_version: 1,
        template_source: 'project',
        create_method: 'api',
        flow_type: 'common',
        current_flow: 'execute_task',
        phase: 'created',
        callback_url: 'http://client.test/heard',
        callback_version: 'v2',
      });
      const audit = gantry.db.selectFrom('audit_records').select('action').where('task_id', '=', task_id);
      expect(await audit.execute()).toEqual([{ action: 'create' }]);
    });

    it('keeps the snapshot that it was made of', async () => {
      const id = await shelve(gantry.db, 'changes', HELLO);
      const { data } = await create({}, {}, id);

      await gantry.db.updateTable('template_versions').set({ tree: '{}' }).where('template_id', '=', id).execute();

      const detail = await gantry.get(`/apigw/get_task_detail/${data.task_id}/1/`);
      expect(detail.data).toMatchObject({ template_id: id, pipeline_tree: data.pipeline_tree });
      await gantry.start(data.task_id);
      await gantry.untilState(data.task_id, 'FINISHED');
    });

    it('makes a task that somebody has to claim', async () => {
      const { data } = await create({ flow_type: 'common_func' });

      expect(data.function_task_claim_url).toBe(
        `http://gantry.test/function/?project_id=1&instance_id=${data.task_id}`,
      );
      expect(await rowOf(data.task_id)).toMatchObject({ flow_type: 'common_func', current_flow: 'func_claim' });
    });

    it('takes the nodes of a scheme, by any of its names', async () => {
      const schemeId = await shelveScheme(gantry.db, templateId, 'short', []);

      for (const template_schemes_id of [schemeId, String(schemeId), `${templateId}-short`, [schemeId]]) {
        const { data } = await create({ template_schemes_id });
        expect(Object.keys(data.pipeline_tree.activities)).toHaveLength(1);
      }
    });

    it('takes a tree in place of the template’s', async () => {
      const { data } = await create({
        pipeline_tree: sketch({ chains: ['S x y z E'] }),
        constants: { '${who}': 'you' },
      });

      expect(Object.keys(data.pipeline_tree.activities)).toHaveLength(3);
      expect(await rowOf(data.task_id)).toMatchObject({ template_id: String(templateId), template_source: 'project' });
    });

    it.each<[string, object, number, string]>([
      ['no name', { name: '' }, 3540000, 'task params is invalid: '],
      ['a long name', { name: '☃'.repeat(101) }, 3540000, "task params is invalid: 'name': is longer than 100"],
      ['constants that are a list', { constants: [] }, 3540000, "task params is invalid: 'constants'"],
      ['an unknown flow type', { flow_type: 'funny' }, 3540000, "task params is invalid: 'flow_type'"],
      [
        'a bad callback_url',
        { callback_url: 'ftp://x' },
        3540000,
        'callback_url format error, must match ^https?://\\w.+$',
      ],
      [
        'an unknown node',
        { exclude_task_nodes_id: ['x'] },
        3599999,
        `${STEP}task node[id=x] is not in template pipeline tree`,
      ],
      ['a node that has to run', { exclude_task_nodes_id: ['a'] }, 3599999, `${STEP}task node[id=a] is not optional`],
      ['an empty scheme', { template_schemes_id: [''] }, 3540000, SCHEME_IDS],
      ['a scheme with a negative number', { template_schemes_id: -1 }, 3540000, SCHEME_IDS],
      ['an unknown scheme', { template_schemes_id: ['1-x'] }, 3540000, 'unknown template_schemes_id: 1-x'],
      [
        'schemes and nodes',
        { template_schemes_id: 1, exclude_task_nodes_id: ['b'] },
        3540000,
        'template_schemes_id can not be used with exclude_task_nodes_id or execute_task_nodes_id',
      ],
      [
        'schemes and a tree',
        { template_schemes_id: 1, pipeline_tree: {} },
        3540000,
        'template_schemes_id can not be used with pipeline_tree',
      ],
      ['a bad tree', { pipeline_tree: {} }, 3599999, '[API] create_task get invalid pipeline_tree: '],
      [
        'a value that does not match',
        { constants: { '${who}': 'YOU' }, validate_constants: true },
        3540000,
        'constant ${who}: its value does not match ^[a-z]+$',
      ],
    ])('refuses %s', async (_, body, code, message) => {
      const before = await countTasks();

      const answer = await create(body);

      expect(answer).toMatchObject({ status: 200, result: false, code });
      expect(answer.message.slice(0, message.length)).toBe(message);
      expect(await countTasks()).toBe(before);
    });

    it('does not know the templates of others', async () => {
      expect(await create({}, {}, 4711)).toMatchObject({
        code: 3540400,
        message: 'template[id=4711] of project[project_id=1,biz_id=1] does not exist',
      });
      expect(await create({ template_source: 'common' })).toMatchObject({
        code: 3540400,
        message: `common template[id=${templateId}] does not exist`,
      });
    });

    it('makes a task of a common template', async () => {
      const id = await shelve(gantry.db, 'for all', HELLO, null);

      const { data } = await create({ template_source: 'common' }, {}, id);

      expect(await rowOf(data.task_id)).toMatchObject({ project_id: 1, template_source: 'common' });
    });

    it('runs subprocesses of other templates, and brings their outputs back', async () => {
      const [sub] = Object.values(request.pipeline_tree.activities).filter(({ type }) => type === 'SubProcess');
      const { pipeline: inner, ...activity } = sub as unknown as { id: string; pipeline: unknown };
      const innerId = await shelve(gantry.db, 'inner', inner as never);
      const tree = structuredClone(request.pipeline_tree) as never as typeof HELLO;
      tree.activities[activity.id] = { ...activity, template_id: innerId, constants: given(inner) } as never;
      const id = await shelve(gantry.db, 'outer', tree);

      const { data } = await createAndStart({}, {}, id);

      await gantry.untilState(data.task_id, 'FINISHED');
      const detail = await gantry.get(`/apigw/get_task_detail/${data.task_id}/1/`);
      expect(detail.data.outputs.map(({ value }: { value: unknown }) => value)).toContain('PV-hid');
      const [unfolded] = Object.values<Record<string, unknown>>(data.pipeline_tree.activities).filter(
        ({ type }) => type === 'SubProcess',
      );
      expect(unfolded).toMatchObject({ original_template_id: String(innerId), template_id: innerId });
    });
  });

  describe('create_and_start_task', () => {
    it('runs', async () => {
      const { result, data } = await createAndStart({ constants: { '${who}': 'you' } });

      expect(result).toBe(true);
      await gantry.untilState(data.task_id, 'FINISHED');
    });

    it('does not start what somebody has to claim', async () => {
      const { data } = await createAndStart({ flow_type: 'common_func' });

      expect(await rowOf(data.task_id)).toMatchObject({ phase: 'created', current_flow: 'func_claim' });
      expect(data.function_task_claim_url).toContain(String(data.task_id));
    });

    it('spells its refusal as upstream does', async () => {
      expect(await createAndStart({ name: 1 })).toMatchObject({
        code: 3540000,
        message: expect.stringMatching(/^task parmas is invalid: 'name'/),
      });
    });
  });

  describe('Idempotency-Key', () => {
    it('answers the first task again, and starts it once', async () => {
      const header = newKey();
      const body = { constants: { '${who}': 'once' } };

      const first = await createAndStart(body, header);
      await gantry.untilState(first.data.task_id, 'FINISHED');
      const before = await countTasks();
      const again = await createAndStart(body, header);

      expect(again.data).toEqual(first.data);
      expect(await countTasks()).toBe(before);
      const starts = gantry.db
        .selectFrom('audit_records')
        .select('id')
        .where('task_id', '=', first.data.task_id)
        .where('action', '=', 'start');
      expect(await starts.execute()).toHaveLength(1);
    });

    it('makes one task of requests at the same moment', async () => {
      const header = newKey();
      const before = await countTasks();

      const answers = await Promise.all([1, 2, 3, 4, 5].map(() => createAndStart({}, header)));

      expect(answers.map(({ result }) => result)).toEqual([true, true, true, true, true]);
      expect(new Set(answers.map(({ data }) => data.task_id)).size).toBe(1);
      expect(await countTasks()).toBe(before + 1);
      await gantry.untilState(answers[0]!.data.task_id, 'FINISHED');
    });

    it('makes up for a start that the first request did not come to', async () => {
      const header = newKey();
      const first = await createAndStart({}, header);
      await gantry.untilState(first.data.task_id, 'FINISHED');
      // As a process leaves it that dies between creation and start.
      const { data } = await create({});
      await gantry.db
        .updateTable('idempotency_keys')
        .set({ task_id: data.task_id })
        .where('task_id', '=', first.data.task_id)
        .execute();

      const again = await createAndStart({}, header);

      expect(again.data.task_id).toBe(data.task_id);
      await gantry.untilState(data.task_id, 'FINISHED');
    });

    it('answers what it did although the template is gone', async () => {
      const header = newKey();
      const id = await shelve(gantry.db, 'short-lived', HELLO);
      const first = await create({}, header, id);
      await gantry.db.updateTable('templates').set({ is_deleted: true }).where('id', '=', id).execute();

      const again = await create({}, header, id);

      expect(again.data).toEqual(first.data);
      expect(await create({}, newKey(), id)).toMatchObject({ code: 3540400 });
    });

    it('refuses another request', async () => {
      const header = newKey();
      await create({}, header);
      const refusal = { result: false, code: 3599999, message: 'Idempotency-Key was used for another request' };

      expect(await create({ description: 'another' }, header)).toMatchObject(refusal);
      expect(await createAndStart({}, header)).toMatchObject(refusal);
      expect(
        await gantry.post('/apigw/fast_create_task/1/', { name: 'task', pipeline_tree: HELLO }, header),
      ).toMatchObject(refusal);
    });

    describe('belongs to the app, the user and the project', () => {
      const callers = new Map<string, Record<string, string>>();
      let commonId: number;

      beforeAll(async () => {
        await addPlainApp(gantry);
        await gantry.db
          .insertInto('projects')
          .values({ id: 2, name: 'other', bk_biz_id: 2, from_cmdb: true })
          .execute();
        for (const name of ['ann', 'bob']) callers.set(name, await addCaller(gantry, name, 'operator'));
        await addCaller(gantry, 'ann', 'operator', 2);
        commonId = await shelve(gantry.db, 'common hello', HELLO, null);
      });

      const fromCommon = { name: 'task', template_source: 'common' };
      const doors: [name: string, path: (project: number) => string, body: object][] = [
        ['create_task', (project) => `/apigw/create_task/${commonId}/${project}/`, fromCommon],
        ['create_and_start_task', (project) => `/apigw/create_and_start_task/${commonId}/${project}/`, fromCommon],
        [
          'fast_create_task',
          (project) => `/apigw/fast_create_task/${project}/`,
          { name: 'task', pipeline_tree: HELLO },
        ],
      ];

      it.each(doors)('of %s: each has a task of its own', async (_name, path, body) => {
        const header = newKey();
        const [ann, bob] = ['ann', 'bob'].map((name) => ({ ...header, ...callers.get(name) }));
        const asks = [
          () => gantry.post(path(1), body, ann),
          () => gantry.post(path(1), { ...body, description: 'another request' }, bob),
          () => gantry.post(path(2), body, ann),
          () => gantry.post(path(1), body, header),
        ];

        const first = await Promise.all(asks.map((ask) => ask()));
        const again = await Promise.all(asks.map((ask) => ask()));

        expect(first.map(({ result }) => result)).toEqual([true, true, true, true]);
        expect(again.map(({ data }) => data.task_id)).toEqual(first.map(({ data }) => data.task_id));
        const rows = await Promise.all(first.map(({ data }) => rowOf(data.task_id)));
        expect(rows.map(({ creator, project_id }) => `${creator} ${project_id}`)).toEqual([
          'ann 1',
          'bob 1',
          'ann 2',
          'admin 1',
        ]);
        expect(new Set(rows.map(({ id }) => id)).size).toBe(4);
        expect(await gantry.post(path(1), { ...body, description: 'another request' }, ann)).toMatchObject({
          code: 3599999,
        });
      });
    });

    it('is honoured by fast_create_task, whatever the order of fields', async () => {
      const header = newKey();
      const { activities, ...rest } = HELLO;

      const first = await gantry.post('/apigw/fast_create_task/1/', { name: 'task', pipeline_tree: HELLO }, header);
      const again = await gantry.post(
        '/apigw/fast_create_task/1/',
        { pipeline_tree: { ...rest, activities }, name: 'task' },
        header,
      );

      expect(first.result).toBe(true);
      expect(again.data).toEqual(first.data);
    });

    it('leaves nothing of a request that failed', async () => {
      const header = newKey();
      expect(await create({ exclude_task_nodes_id: ['a'] }, header)).toMatchObject({ result: false });

      expect(await create({}, header)).toMatchObject({ result: true });
    });

    it.each(['', 'x'.repeat(256), 'schön'])('refuses the key %j', async (value) => {
      expect(await create({}, { 'Idempotency-Key': value })).toMatchObject({
        result: false,
        code: 3540000,
        message: 'Idempotency-Key must be 1 to 255 printable characters',
      });
    });
  });

  describe('fast_create_task', () => {
    const fast = (tree: unknown, more = {}) =>
      gantry.post('/apigw/fast_create_task/1/', { name: 'fast', pipeline_tree: tree, ...more });

    it('unfolds the templates that its subprocesses name', async () => {
      const tree = drawing({ chains: ['S x sub E'], references: { sub: { template_id: templateId } } });

      const { data } = await fast(tree);

      const [, sub] = Object.values<{ pipeline: typeof HELLO }>(data.pipeline_tree.activities);
      expect(Object.values(sub!.pipeline.activities).map(({ template_node_id }) => template_node_id)).toEqual([
        'a',
        'b',
      ]);
      expect((await rowOf(data.task_id)).template_source).toBe('onetime');
    });

    it('takes common templates where it is said so', async () => {
      const common = await shelve(gantry.db, 'shared', HELLO, null);
      const tree = (more = {}) =>
        drawing({
          chains: ['S one two E'],
          references: { one: { template_id: common, ...more }, two: { template_id: 4711, ...more } },
        });
      const single = drawing({ chains: ['S sub E'], references: { sub: { template_id: common } } });
      const source = { template_source: 'common' };

      expect(await fast(single, { has_common_subprocess: true })).toMatchObject({ result: true });
      for (const given of [{}, source]) {
        expect(await fast(tree(given))).toMatchObject({
          result: false,
          code: 3540000,
          message: `[API] fast_create_task get invalid template_id: ${common},4711, template_id should belong to current project.`,
        });
      }
      expect(await fast(tree(), { has_common_subprocess: true })).toMatchObject({
        result: false,
        code: 3599999,
        message: `[API] fast_create_task create pipeline error: subprocess two (two): common template[id=4711] does not exist`,
      });
    });

    it('says first what is wrong with the tree', async () => {
      const tree = drawing({ chains: ['S sub E'], references: { sub: { template_id: 4711, name: '' } } });

      expect(await fast(tree)).toMatchObject({
        result: false,
        code: 3540000,
        message: expect.stringMatching(/^\[API\] fast_create_task get invalid pipeline_tree: activities→sub→name/),
      });
    });
  });

  describe('preview_task_tree', () => {
    const preview = (body: object, id = templateId, name = 'preview_task_tree') =>
      gantry.post(`/apigw/${name}/1/${id}/`, body);

    it('shows what will run, under the template’s ids, and which constants nobody needs', async () => {
      const id = await shelve(
        gantry.db,
        'previewed',
        drawing({
          chains: ['S a sub E'],
          activities: { a: { optional: true, inputs: { bk_display_message: '${x}' } } },
          references: { sub: { template_id: templateId } },
          constants: { x: {} },
        }),
      );

      const { data } = await preview({ exclude_task_nodes_id: ['a'] }, id);

      expect(Object.keys(data.pipeline_tree.activities)).toEqual(['sub']);
      expect(Object.keys(data.pipeline_tree.activities.sub.pipeline.activities)).toEqual(['a', 'b']);
      expect(data.pipeline_tree.constants).toEqual({});
      expect(data.constants_not_referred).toMatchObject({ '${x}': { key: '${x}' } });
    });

    it('shows common templates by its other name', async () => {
      const id = await shelve(gantry.db, 'common previewed', HELLO, null);

      expect(await preview({}, id, 'preview_common_task_tree')).toMatchObject({ result: true });
      expect(await preview({}, id)).toMatchObject({ code: 3540400 });
    });

    it.each<[string, object, number, string]>([
      [
        'nodes that are no list',
        { exclude_task_nodes_id: 'b' },
        3540000,
        "invalid params: 'exclude_task_nodes_id': invalid exclude_task_nodes_id",
      ],
      [
        'a node that has to run',
        { exclude_task_nodes_id: ['a'] },
        3599999,
        'preview_task_tree fail: task node[id=a] is not optional',
      ],
    ])('refuses %s', async (_, body, code, message) => {
      expect(await preview(body)).toMatchObject({ result: false, code, message });
    });

    it('says which version does not exist', async () => {
      expect(await preview({ version: 'none' })).toMatchObject({
        code: 3540400,
        message: `template[id=${templateId}] of project[project_id=1,biz_id=1] of version none does not exist`,
      });
    });
  });
});

/** What an editor writes into a subprocess: its template's shown constants. */
function given(inner: unknown): object {
  const { constants } = inner as typeof HELLO;
  return Object.fromEntries(Object.entries(constants).filter(([, { show_type }]) => show_type === 'show'));
}
