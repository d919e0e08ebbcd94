import type { PipelineTree } from '../../pipeline/tree/types';
import { writeDat } from '../../templates/dat';
import { DEFAULT_SETTINGS } from '../../templates/settings';
import { addCaller, addPlainApp } from '../support/callers';
import type { Answer } from '../support/client';
import { Gantry } from '../support/gantry';
import { sketch, type TreeSketch } from '../support/trees';

const LINE: TreeSketch = {
  chains: ['S a b E'],
  activities: { a: { code: 'sleep_timer', inputs: { bk_timing: '${x}' }, optional: true } },
  constants: { x: { value: '1' } },
};

let gantry: Gantry;
let other: number;

beforeAll(async () => {
  gantry = await Gantry.create();
  await addPlainApp(gantry);
  other = (await gantry.post('/apigw/create_project/', { name: 'other' })).data.project_id;
});

afterAll(() => gantry.stop());

async function create(tree: unknown = sketch(LINE), more: object = {}, project = '1'): Promise<number> {
  const answer = await gantry.post(`/apigw/create_template/${project}/`, { pipeline_tree: tree, name: 'n', ...more });
  if (!answer.result) throw new Error(answer.message);
  return answer.data.template_id;
}

function info(id: number | string, query = '', project = 1): Promise<Answer> {
  return gantry.get(
    `/apigw/get_template_info/${id}/${project}/?scope=${project === 1 ? 'cmdb_biz' : 'project'}&${query}`,
  );
}

function update(id: number, body: object): Promise<Answer> {
  return gantry.post(`/apigw/update_template/${id}/1/`, body);
}

/** A tree whose only node is a template. */
function calls(template_id: number | string, more: object = {}): PipelineTree {
  const tree = sketch({ chains: ['S s E'], activities: { s: { type: 'SubProcess' } } });
  Object.assign(tree.activities.s!, { template_id: String(template_id), ...more });
  return tree;
}

/** The only node of a tree, whatever it has. */
function onlyNode(tree: PipelineTree): Record<string, unknown> & { pipeline: PipelineTree } {
  return { pipeline: tree, ...Object.values(tree.activities)[0]! };
}

describe('creating a template', () => {
  it('refuses what no task could be made of, seen only when subprocesses are unfolded', async () => {
    const child = await create();
    const given = (value: string, more: object) => ({
      pipeline_tree: {
        ...calls(child, { constants: { '${x}': { key: '${x}', name: 'x', value, show_type: 'show', ...more } } }),
        constants: sketch({ ...LINE, constants: { x: { value: '5' }, y: { value: '6' } } }).constants,
      },
      name: 'n',
    });
    const doors = (body: object) =>
      Promise.all(['create_template', 'fast_create_task'].map((name) => gantry.post(`/apigw/${name}/1/`, body)));

    for (const body of [given('${x}', { show_type: 'hide' }), given('a ${x}', { source_type: 'component_outputs' })]) {
      const [template, task] = await doors(body);
      expect(template).toMatchObject({
        result: false,
        message: expect.stringContaining('may not refer to the constant'),
      });
      expect(task!.message).toContain(template!.message);
    }
    for (const { result } of await doors(given('${x}', {}))) expect(result).toBe(true);
  });

  it('answers what a client needs to go on, and keeps tree and settings', async () => {
    const answer = await gantry.post('/apigw/create_template/1/', {
      pipeline_tree: sketch(LINE),
      name: 'a <b>',
      description: 'what for',
      category: 'OpsTools',
      notify_type: { success: ['mail'], fail: [] },
      notify_receivers: { receiver_group: ['Maintainers'], more_receiver: '' },
      timeout: 7,
      default_flow_type: 'common_func',
      executor_proxy: 'admin',
    });

    const id = answer.data.template_id;
    expect(answer).toMatchObject({
      result: true,
      code: 0,
      message: 'success',
      data: { template_name: 'a b', pipeline_template_id: String(id) },
    });
    const { data } = await info(id, 'include_notify=true&include_executor_proxy=1');
    expect(data).toMatchObject({
      id,
      name: 'a b',
      description: 'what for',
      category: 'OpsTools',
      creator: 'admin',
      editor: 'admin',
      project_id: 1,
      bk_biz_id: 1,
      bk_biz_name: 'demo',
      version: 1,
      timeout: 7,
      default_flow_type: 'common_func',
      executor_proxy: 'admin',
      notify_type: { success: ['mail'], fail: [] },
      notify_receivers: { receiver_group: ['Maintainers'], more_receiver: '' },
      auth_actions: expect.arrayContaining(['flow_create', 'flow_view', 'flow_delete']),
    });
    expect(data.create_time).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000$/);
    expect(Object.keys(data.pipeline_tree.activities)).toEqual(['a', 'b']);
    expect(data.pipeline_tree.activities.a.template_node_id).toBe('a');
    expect(data.pipeline_tree.end_event.incoming).toEqual(['b_E']);
    expect(data.pipeline_tree.line).toBeUndefined();
    expect(data.pipeline_tree.location).toBeUndefined();
  });

  it('takes the tree as JSON text and as YAML text, and names the template by the time', async () => {
    const tree = sketch(LINE);
    const yaml = JSON.stringify(tree, undefined, 2);

    const answers = await Promise.all([
      gantry.post('/apigw/create_template/1/', { pipeline_tree: JSON.stringify(tree), name: '' }),
      gantry.post('/apigw/create_template/1/', { pipeline_tree: `# a comment\n${yaml}`, format: 'yaml' }),
    ]);

    const digests = await Promise.all(answers.map(async ({ data }) => (await info(data.template_id)).data.digest));
    expect(digests[0]).toBe(digests[1]);
    for (const { data } of answers) expect(data.template_name).toMatch(/^new\d{14}$/);
  });

  it.each([
    [{}, 'pipeline_tree is required'],
    [{ pipeline_tree: '' }, 'pipeline_tree is required'],
    [{ pipeline_tree: '{a' }, 'pipeline_tree is not a valid JSON string'],
    [{ pipeline_tree: 'a: [', format: 'yaml' }, 'invalid YAML: '],
    [{ pipeline_tree: {} }, "'start_event' is a required property"],
    [{ pipeline_tree: '[]' }, "is not of type 'object'"],
    [{ pipeline_tree: sketch(LINE), template_labels: [999] }, 'template_labels contain invalid label ids'],
    [{ pipeline_tree: sketch(LINE), name: '<>' }, "'name': is empty"],
    [{ pipeline_tree: sketch(LINE), timeout: true }, "'timeout'"],
    [
      { pipeline_tree: sketch({ chains: ['S a E'], activities: { a: { code: 'nobody' } } }) },
      'there is no plugin nobody of version',
    ],
    [
      { pipeline_tree: sketch({ chains: ['S a E'], activities: { a: { code: 'sleep_timer', version: 'v9' } } }) },
      'there is no plugin sleep_timer of version v9: there is ',
    ],
  ])('refuses %j', async (body, message) => {
    const answer = await gantry.post('/apigw/create_template/1/', body);

    expect(answer).toMatchObject({
      status: 200,
      result: false,
      code: 3540000,
      message: expect.stringContaining(message),
    });
  });

  it('says every problem of the tree with its node', async () => {
    const tree = sketch({ chains: ['S a b E'], activities: { a: { name: '' }, b: { name: '' } } });

    const answer = await gantry.post('/apigw/create_template/1/', { pipeline_tree: tree });

    expect(answer.errors).toMatchObject([{ nodeId: 'a' }, { nodeId: 'b' }]);
  });

  it('takes subprocesses that name templates, if those are there', async () => {
    const inner = await create();

    const outer = await create(calls(inner));

    expect((await info(outer, 'include_subprocess=true')).data).toMatchObject({
      has_subprocess: true,
      subprocess_has_update: false,
    });
    const unfolded = (await info(outer, 'unfold_subprocess=true')).data.pipeline_tree;
    expect(Object.keys(unfolded.activities.s.pipeline.activities)).toEqual(['a', 'b']);
    const missing = await gantry.post('/apigw/create_template/1/', { pipeline_tree: calls(99999) });
    expect(missing).toMatchObject({ result: false, message: expect.stringContaining('99999') });
    const nameless = sketch({ chains: ['S s E'], activities: { s: { type: 'SubProcess' } } });
    expect(await gantry.post('/apigw/create_template/1/', { pipeline_tree: nameless })).toMatchObject({
      result: false,
      code: 3540000,
      message: expect.stringContaining('template_id'),
    });
  });
});

describe('reading templates', () => {
  it('lists those of the project, newest first, by id or by a part of the name', async () => {
    const ids = [await create(undefined, { name: '100% Sure' }), await create(undefined, { name: 'unsure' })];
    const list = async (query: string) =>
      (await gantry.get(`/apigw/get_template_list/1/?${query}`)).data.map(({ id }: { id: number }) => id);

    expect((await list('')).slice(0, 2)).toEqual(ids.toReversed());
    expect(await list(`id_in=${ids[0]}, ${ids[1]}`)).toEqual(ids.toReversed());
    expect(await list('name_keyword=0%25%20s')).toEqual([ids[0]]);
    expect(await list(`name_keyword=SURE&id_in=${ids[1]}`)).toEqual([ids[1]]);
    expect(await list('template_source=common')).toEqual([]);
    expect(await gantry.get('/apigw/get_template_list/1/?id_in=1,x')).toMatchObject({ result: false, code: 3540000 });
  });

  it('shows times on the clock that the client asks for, or on the one of the project', async () => {
    const id = await create();

    expect((await info(id, 'expected_timezone=Asia/Kolkata')).data.create_time).toMatch(/ \+0530$/);
    expect((await info(id)).data.create_time).toMatch(/ \+0000$/);
    expect(await gantry.get('/apigw/get_template_list/1/?expected_timezone=Mars/Olympus')).toMatchObject({
      result: false,
      code: 3546100,
      message: 'expected_timezone Mars/Olympus is unknown.',
    });
  });

  it('describes the constants', async () => {
    const tree = sketch({
      ...LINE,
      constants: {
        x: {
          value: '1',
          source_type: 'component_inputs',
          source_tag: 'sleep_timer.bk_timing',
          source_info: { a: ['bk_timing'] },
        },
        y: { custom_type: 'int', desc: 'how many' },
        z: { show_type: 'hide' },
        out: { source_type: 'component_outputs', source_info: { a: ['_result'] } },
      },
    });
    const id = await create(tree);

    const { data } = await info(id, 'include_constants=true');

    expect(data.template_constants).toEqual([
      { name: 'x', key: '${x}', show_type: 'show', constant_type: 'component_inputs', activity_count: 1 },
      { name: 'y', key: '${y}', show_type: 'show', constant_type: 'int', activity_count: 0 },
      { name: 'z', key: '${z}', show_type: 'hide', constant_type: '', activity_count: 0 },
    ]);
    const { constants } = data.pipeline_tree;
    expect(constants['${x}'].schema).toMatchObject({ description: expect.any(String) });
    expect(constants['${y}'].schema).toEqual({ type: 'integer', description: 'how many' });
    expect(constants['${z}'].schema).toBeUndefined();
    expect(constants['${out}'].schema).toBeUndefined();
  });

  it('shows the tree as YAML when asked', async () => {
    const id = await create();

    const { data } = await info(id, 'format=yaml');

    expect(data.pipeline_tree).toContain('\nactivities:\n  a:\n');
    expect(await update(id, { pipeline_tree: data.pipeline_tree, format: 'yaml' })).toMatchObject({
      result: true,
      data: { version: 1, changes: null },
    });
  });

  it('finds no template of another project', async () => {
    const id = await create();
    const scope = 'scope=project';
    const missing = { result: false, code: 3540400 };
    const message = `template[id=${id}] of project[project_id=${other},biz_id=] does not exist`;

    expect(await info(id, '', other)).toMatchObject({ ...missing, message });
    expect((await gantry.get(`/apigw/get_template_list/${other}/?${scope}`)).data).toEqual([]);
    expect(await gantry.get(`/apigw/get_template_versions/${id}/${other}/?${scope}`)).toMatchObject(missing);
    expect(await gantry.get(`/apigw/get_template_schemes/${other}/${id}/?${scope}`)).toMatchObject(missing);
    for (const path of [`update_template/${id}/${other}`, `delete_template/${id}/${other}`]) {
      expect(await gantry.post(`/apigw/${path}/`, { scope: 'project' })).toMatchObject(missing);
    }
    const body = { scope: 'project', template_ids: [id] };
    expect(await gantry.post(`/apigw/export_project_template/${other}/`, body)).toMatchObject(missing);
    expect(await info(id, 'template_source=common')).toMatchObject({
      ...missing,
      message: `common template[id=${id}] does not exist`,
    });
  });
});

describe('changing a template', () => {
  const changed = sketch({ ...LINE, chains: ['S a c b E'] });

  it('makes a new version only when the tree is another, and says what changed', async () => {
    const id = await create();
    const shown = (await info(id)).data;

    const same = await update(id, { name: 'other name', pipeline_tree: shown.pipeline_tree });
    const next = await update(id, { pipeline_tree: changed });

    expect(same).toMatchObject({
      result: true,
      data: { template_id: id, version: 1, digest: shown.digest, changes: null },
    });
    expect(next.data).toMatchObject({ version: 2, changes: { activities: { added: [{ id: 'c', name: 'c' }] } } });
    const now = (await info(id)).data;
    expect(now).toMatchObject({ name: 'other name', version: 2, digest: next.data.digest });
    const versions = (await gantry.get(`/apigw/get_template_versions/${id}/1/`)).data;
    expect(versions).toMatchObject([
      { version: 2, digest: now.digest, creator: 'admin', changes: next.data.changes },
      { version: 1, digest: shown.digest, changes: null },
    ]);
  });

  it('leaves earlier versions to be read, by digest or by number', async () => {
    const id = await create();
    const first = (await info(id)).data;
    await update(id, { pipeline_tree: changed });

    expect((await info(id, `version=${first.digest}`)).data).toMatchObject({
      version: 1,
      pipeline_tree: first.pipeline_tree,
    });
    expect((await info(id, 'version=1')).data.digest).toBe(first.digest);
    for (const version of ['3', 'nonsense']) {
      expect(await info(id, `version=${version}`)).toMatchObject({ result: false, code: 3540400 });
    }
  });

  it('leaves a task with the version that it was made of', async () => {
    const id = await create();
    const made = await gantry.post(`/apigw/create_task/${id}/1/`, { name: 't' });
    await update(id, { pipeline_tree: changed });

    const { data } = await gantry.get(`/apigw/get_task_detail/${made.data.task_id}/1/`);

    const nodes = Object.values((data.pipeline_tree as PipelineTree).activities);
    expect(nodes.map(({ template_node_id }) => template_node_id).sort()).toEqual(['a', 'b']);
  });

  it('refuses a change that was made of an older version, and lets one of two at the same moment win', async () => {
    const id = await create();
    const one = sketch({ ...LINE, chains: ['S a c E'] });
    const two = sketch({ ...LINE, chains: ['S a d E'] });

    const answers = await Promise.all(
      [one, two].map((tree) => update(id, { pipeline_tree: tree, expected_version: 1 })),
    );

    expect(answers.filter(({ result }) => result)).toHaveLength(1);
    const lost = answers.find(({ result }) => !result)!;
    expect(lost).toMatchObject({ code: 3545000, message: expect.stringContaining('is at version 2') });
    const { digest } = (await info(id)).data;
    expect(await update(id, { name: 'x', expected_version: digest })).toMatchObject({ result: true });
  });

  it('refuses a tree that contains its own template, however far inside', async () => {
    const inner = await create();
    const outer = await create(calls(inner, { always_use_latest: true }));

    const answer = await update(inner, { pipeline_tree: calls(outer) });

    expect(answer).toMatchObject({ result: false, code: 3599999 });
    expect((await info(inner)).data.version).toBe(1);
  });

  it('keeps a password that is sent back as it is shown', async () => {
    const secret = sketch({ ...LINE, constants: { x: { custom_type: 'password', value: 'of the moment' } } });
    const id = await create(secret);
    const { pipeline_tree } = (await info(id)).data;
    expect(JSON.stringify(pipeline_tree)).not.toContain('of the moment');

    const answer = await update(id, { pipeline_tree });

    expect(answer).toMatchObject({ result: true, data: { version: 1, changes: null } });
  });

  it('sets notifications and the proxy', async () => {
    const id = await create();
    const notify = { notify_type: { success: [], fail: ['mail'] }, notify_receivers: { more_receiver: 'alice' } };

    expect(await gantry.post(`/apigw/modify_template_notify/${id}/1/`, notify)).toMatchObject({
      result: true,
      data: { template_id: id, ...notify },
    });
    expect(
      await gantry.post(`/apigw/modify_template_executor_proxy/${id}/1/`, { executor_proxy: 'bob' }),
    ).toMatchObject({ result: true, data: { template_id: id, executor_proxy: 'bob' } });

    expect((await info(id, 'include_notify=true&include_executor_proxy=true')).data).toMatchObject({
      ...notify,
      executor_proxy: 'bob',
      version: 1,
    });
  });

  it('deletes what nothing needs; tasks and audit records stay', async () => {
    const inner = await create();
    const outer = await create(calls(inner));
    expect(await gantry.post(`/apigw/delete_template/${inner}/1/`)).toMatchObject({
      result: false,
      code: 3545000,
      message: expect.stringContaining(`template ${outer} (n)`),
    });

    expect(await gantry.post(`/apigw/delete_template/${outer}/1/`)).toMatchObject({ result: true });
    expect(await gantry.post(`/apigw/delete_template/${inner}/1/`)).toMatchObject({ result: true });

    expect(await info(inner)).toMatchObject({ result: false, code: 3540400 });
    const records = await gantry.db
      .selectFrom('audit_records')
      .select(['action', 'project_id', 'username'])
      .where('object', '=', `template ${inner}`)
      .orderBy('id')
      .execute();
    expect(records).toEqual([
      { action: 'create', project_id: 1, username: 'admin' },
      { action: 'delete', project_id: 1, username: 'admin' },
    ]);
  });

  it('tells of subprocesses whose template has gone on', async () => {
    const inner = await create();
    const { digest } = (await info(inner)).data;
    const outer = await create(calls(inner, { version: digest }));
    await update(inner, { pipeline_tree: changed });

    expect((await info(outer, 'include_subprocess=1')).data.subprocess_has_update).toBe(true);
    expect((await info(outer)).data.has_subprocess).toBeUndefined();
  });
});

describe('schemes', () => {
  it('are choices among the optional nodes', async () => {
    const id = await create();
    const path = `/apigw/create_template_scheme/1/${id}/`;

    const made = await gantry.post(path, { name: 'night', data: ['a'] });
    await gantry.post(path, { name: 'none', data: '[]' });

    expect(made).toMatchObject({ result: true, data: { id: `${id}-night`, name: 'night', data: '["a"]' } });
    const list = await gantry.get(`/apigw/get_template_schemes/1/${id}/?with_constants=true`);
    expect(list.data).toMatchObject([
      { id: `${id}-night`, data: '["a"]', detail: { constants: { '${x}': { key: '${x}' } } } },
      { id: `${id}-none`, data: '[]', detail: { constants: {} } },
    ]);
    expect((await gantry.get(`/apigw/get_template_schemes/1/${id}/`)).data[0].detail).toBeUndefined();
  });

  it('are refused with nodes that cannot be chosen, or a name that is taken', async () => {
    const id = await create();
    const post = (body: object) => gantry.post(`/apigw/create_template_scheme/1/${id}/`, body);
    await post({ name: 'taken', data: ['a'] });

    const refused = { result: false, code: 3540000 };
    expect(await post({ name: 's', data: ['zzz'] })).toMatchObject({
      ...refused,
      message: expect.stringContaining('zzz'),
    });
    expect(await post({ name: 's', data: ['b'] })).toMatchObject({
      ...refused,
      message: expect.stringContaining('not optional'),
    });
    expect(await post({ name: 'taken', data: [] })).toMatchObject({
      ...refused,
      message: expect.stringContaining('already exists'),
    });
    expect(await post({ name: 's', data: '{' })).toMatchObject(refused);
    expect((await gantry.get(`/apigw/get_template_schemes/1/${id}/`)).data).toHaveLength(1);
  });

  it('are deleted by id or number', async () => {
    const id = await create();
    await gantry.post(`/apigw/create_template_scheme/1/${id}/`, { name: 'one', data: ['a'] });
    const remove = (scheme_id: string) => gantry.post(`/apigw/delete_template_scheme/1/${id}/`, { scheme_id });

    expect(await remove(`${id}-one`)).toMatchObject({ result: true });
    expect(await remove(`${id}-one`)).toMatchObject({ result: false, code: 3540400 });
    expect((await gantry.get(`/apigw/get_template_schemes/1/${id}/`)).data).toEqual([]);
  });
});

describe('labels', () => {
  it('belong to a project and are on its templates until they are deleted', async () => {
    const made = await gantry.post('/apigw/create_label/1/', { name: 'red', color: '#ff0000' });
    const label = { id: made.data.id, name: 'red', color: '#ff0000', description: '' };
    expect(made.data).toEqual(label);
    const id = await create(undefined, { template_labels: [label.id] });
    const labelsOf = async () => {
      const list = await gantry.get(`/apigw/get_template_list/1/?id_in=${id}&include_labels=1`);
      return list.data[0].labels;
    };

    expect((await gantry.get('/apigw/get_label_list/1/')).data).toContainEqual(label);
    expect(await labelsOf()).toEqual([label]);
    expect((await info(id, 'include_labels=true')).data.labels).toEqual([label]);
    expect((await info(id)).data.labels).toBeUndefined();
    await update(id, { template_labels: [] });
    expect(await labelsOf()).toEqual([]);
    await update(id, { template_labels: [String(label.id)] });
    await gantry.post('/apigw/delete_label/1/', { label_id: label.id });
    expect(await labelsOf()).toEqual([]);
  });

  it('of another project are none', async () => {
    const { data } = await gantry.post(`/apigw/create_label/${other}/`, { name: 'theirs', scope: 'project' });

    const answer = await gantry.post('/apigw/create_template/1/', {
      pipeline_tree: sketch(LINE),
      template_labels: [data.id],
    });

    expect(answer).toMatchObject({ result: false, message: 'template_labels contain invalid label ids' });
    expect(await gantry.post('/apigw/delete_label/1/', { label_id: data.id })).toMatchObject({ code: 3540400 });
    const again = await gantry.post(`/apigw/create_label/${other}/`, { name: 'theirs', scope: 'project' });
    expect(again).toMatchObject({ result: false, code: 3540000 });
  });
});

describe('export and import', () => {
  /** An outer template that is tied to the first version of an inner one, and uses a scheme of it. */
  async function family() {
    const inner = await create(sketch(LINE), { name: 'inner', timeout: 9 });
    await gantry.post(`/apigw/create_template_scheme/1/${inner}/`, { name: 'all', data: ['a'] });
    const { digest } = (await info(inner)).data;
    const [scheme] = await gantry.db
      .selectFrom('template_schemes')
      .select('id')
      .where('template_id', '=', inner)
      .execute();
    const given = { '${x}': { key: '${x}', name: 'x', value: '2', source_info: { a: ['bk_timing'] } } };
    const tied = { version: digest, scheme_id_list: [scheme!.id], constants: given };
    const outer = await create(calls(inner, tied), { name: 'outer' });
    return { inner, outer, scheme: scheme!.id };
  }

  async function exported(template_ids: number[], format: string): Promise<string> {
    const answer = await gantry.post('/apigw/export_project_template/1/', { template_ids, format });
    if (!answer.result) throw new Error(answer.message);
    return answer.data.template_data;
  }

  const load = (template_data: unknown, format: string, project = 1) =>
    gantry.post(`/apigw/import_project_template/${project}/`, {
      template_data,
      format,
      scope: project === 1 ? 'cmdb_biz' : 'project',
    });

  it.each(['dat', 'json', 'yaml'])('makes new templates that refer to each other, by way of %s', async (format) => {
    const { inner, outer, scheme } = await family();

    const answer = await load(await exported([outer], format), format, other);

    expect(answer).toMatchObject({ result: true, message: 'Successfully imported 2 flows', data: { count: 2 } });
    const ids = Object.fromEntries(Object.entries(answer.data.flows).map(([id, name]) => [name, Number(id)]));
    const newInner = (await info(ids.inner, 'include_notify=1', other)).data;
    const newOuter = (await info(ids.outer, '', other)).data;
    expect([inner, outer]).not.toContain(newInner.id);
    const [node, second] = Object.values((newInner.pipeline_tree as PipelineTree).activities);
    expect(node!.id).toMatch(/^n[0-9a-f]{31}$/);
    expect(node!.template_node_id).toBe(node!.id);
    expect(second!.name).toBe('b');
    expect(newInner).toMatchObject({ timeout: 9, project_id: other, version: 1, creator: 'admin' });
    const schemes = (await gantry.get(`/apigw/get_template_schemes/${other}/${ids.inner}/?scope=project`)).data;
    expect(schemes).toEqual([{ id: `${ids.inner}-all`, name: 'all', data: JSON.stringify([node!.id]) }]);
    const reference = onlyNode(newOuter.pipeline_tree);
    expect(reference).toMatchObject({
      template_id: String(ids.inner),
      version: newInner.digest,
      template_source: 'project',
      constants: { '${x}': { value: '2', source_info: { [node!.id]: ['bk_timing'] } } },
    });
    expect(reference.scheme_id_list).toEqual([expect.any(Number)]);
    expect(reference.scheme_id_list).not.toEqual([scheme]);
    const unfolded = await info(ids.outer, 'unfold_subprocess=true', other);
    expect(unfolded).toMatchObject({ result: true });
  });

  it('takes along the version that a subprocess is tied to, beside the newest', async () => {
    const { inner, outer } = await family();
    await update(inner, { pipeline_tree: sketch({ ...LINE, chains: ['S a b c E'] }) });

    const answer = await load(await exported([outer, inner], 'yaml'), 'yaml', other);

    expect(Object.values(answer.data.flows).sort()).toEqual(['inner', 'inner', 'outer']);
    const outerId = Object.keys(answer.data.flows).find((id) => answer.data.flows[id] === 'outer')!;
    const { data } = await info(outerId, 'unfold_subprocess=true', other);
    const { pipeline } = onlyNode(data.pipeline_tree);
    expect(Object.values(pipeline.activities).map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('makes common templates that every project may use, and only trusted apps change', async () => {
    const { outer } = await family();

    const answer = await gantry.post('/apigw/import_common_template/', {
      template_data: await exported([outer], 'dat'),
    });

    const ids = Object.keys(answer.data.flows).map(Number);
    const common = (await gantry.get('/apigw/get_common_template_list/')).data;
    expect(common.map(({ id }: { id: number }) => id)).toEqual(expect.arrayContaining(ids));
    const alice = await addCaller(gantry, 'alice', 'editor');
    const theirs = await gantry.send('GET', '/apigw/get_common_template_list/', undefined, alice);
    expect(theirs.data[0].auth_actions).toEqual(['flow_view']);
    const seen = await gantry.send(
      'GET',
      `/apigw/get_template_info/${ids[0]}/1/?template_source=common`,
      undefined,
      alice,
    );
    expect(seen.data.auth_actions).toContain('flow_create_task');
    expect(seen.data.auth_actions).not.toContain('flow_edit');
    const body = { template_source: 'common', name: 'x' };
    expect(await gantry.post(`/apigw/update_template/${ids[0]}/1/`, body, alice)).toMatchObject({
      result: false,
      code: 3540100,
    });
    expect(await gantry.post(`/apigw/update_template/${ids[0]}/1/`, body)).toMatchObject({ result: true });
    const copy = await create(calls(ids[1]!, { template_source: 'common' }), { name: 'user of common' });
    expect((await info(copy, 'unfold_subprocess=true')).result).toBe(true);
  });

  it('imports nothing when one of the templates is wrong, and names it', async () => {
    const before = await gantry.db.selectFrom('templates').select('id').execute();
    const good = { key: 'good', name: 'good', pipeline_tree: sketch(LINE) };
    const bundle = (...templates: object[]) => JSON.stringify({ gantry_templates: 1, templates: [good, ...templates] });
    const refusals: [object[], string][] = [
      [
        [{ name: 'bad tree', pipeline_tree: sketch({ chains: ['S a E'], activities: { a: { name: '' } } }) }],
        'bad tree',
      ],
      [[{ name: 'lonely', pipeline_tree: calls(7) }], 'template "lonely": its subprocess s refers to template 7'],
      [
        [
          { key: '1', name: 'one', pipeline_tree: calls(2) },
          { key: 2, name: 'two', pipeline_tree: calls(1) },
        ],
        'comes again inside itself',
      ],
      [[{ key: '1', name: 'one', pipeline_tree: calls('good', { scheme_id_list: [5] }) }], 'scheme 5'],
      [[good], 'used twice'],
      [[{ name: '<>', pipeline_tree: sketch(LINE) }], 'has no name'],
    ];

    for (const [templates, message] of refusals) {
      const answer = await load(bundle(...templates), 'json');
      expect(answer).toMatchObject({ result: false, code: 3599999, message: expect.stringContaining(message) });
      expect(answer.message).toMatch(/^invalid flow data or error occur, please contact administrator: /);
    }

    expect(await gantry.db.selectFrom('templates').select('id').execute()).toHaveLength(before.length);
  });

  it('takes files of bk-sops, in which templates have names of 32 characters', async () => {
    const name = (digit: string) => `n${digit.repeat(31)}`;
    const settings = { ...DEFAULT_SETTINGS, timeout: 3 };
    const file = writeDat(
      [
        { key: name('1'), settings: { ...settings, name: 'theirs' }, tree: calls(name('2')), schemes: [] },
        { key: name('2'), settings: { ...settings, name: 'inner' }, tree: sketch(LINE), schemes: [] },
      ],
      { at: new Date(), username: 'somebody' },
    );

    const { data } = await load(file, 'dat');

    expect(Object.values(data.flows).sort()).toEqual(['inner', 'theirs']);
    const id = Object.keys(data.flows).find((key) => data.flows[key] === 'theirs')!;
    expect(await info(id, 'unfold_subprocess=1')).toMatchObject({
      result: true,
      data: { timeout: 3, creator: 'admin' },
    });
  });

  it('refuses files that are none', async () => {
    const file = await exported([await create()], 'dat');
    const changed = JSON.parse(Buffer.from(file, 'base64').toString());
    changed.template_data.template = {};

    expect(await load(undefined, 'dat')).toMatchObject({ code: 3540000, message: 'template data can not be none' });
    expect(await load('xxx', 'dat')).toMatchObject({ result: false, code: 3540000 });
    expect(await load(Buffer.from(JSON.stringify(changed)).toString('base64'), 'dat')).toMatchObject({ code: 3546100 });
    expect(await load('a: [', 'yaml')).toMatchObject({
      code: 3540000,
      message: expect.stringContaining('invalid YAML'),
    });
  });

  it('copies into another project, where common templates stay what they are', async () => {
    const { outer } = await family();
    const file = await exported([await create(sketch(LINE), { name: 'common one' })], 'dat');
    const common = Number(
      Object.keys((await gantry.post('/apigw/import_common_template/', { template_data: file })).data.flows)[0],
    );
    const mixed = await create(calls(common, { template_source: 'common' }), { name: 'mixed', executor_proxy: 'bob' });

    const answer = await gantry.post('/apigw/copy_template_across_project/1/', {
      new_project_id: other,
      template_ids: [outer, String(mixed)],
    });

    expect(answer).toMatchObject({ result: true, data: { count: 3 } });
    const copy = Object.keys(answer.data.flows).find((id) => answer.data.flows[id] === 'mixed')!;
    const { data } = await info(copy, 'include_executor_proxy=1', other);
    expect(data.executor_proxy).toBe('bob');
    expect(Object.values(data.pipeline_tree.activities)).toMatchObject([
      { template_id: String(common), template_source: 'common' },
    ]);
  });
});

describe('who may', () => {
  it('view, make, change and copy templates', async () => {
    const viewer = await addCaller(gantry, 'vera', 'viewer');
    const editor = await addCaller(gantry, 'edgar', 'editor');
    const id = await create();
    const body = { pipeline_tree: sketch(LINE) };
    const forbidden = { status: 403, result: false, code: 3540100 };

    const shown = await gantry.send('GET', `/apigw/get_template_info/${id}/1/`, undefined, viewer);
    expect(shown.data.auth_actions).toEqual(['flow_view']);
    for (const path of ['create_template/1', `update_template/${id}/1`, `delete_template/${id}/1`, 'create_label/1']) {
      expect(await gantry.post(`/apigw/${path}/`, body, viewer)).toMatchObject(forbidden);
    }
    const made = await gantry.post('/apigw/create_template/1/', body, editor);
    const { data: theirs } = await gantry.send(
      'GET',
      `/apigw/get_template_list/1/?id_in=${made.data.template_id}`,
      undefined,
      editor,
    );
    expect(theirs[0]).toMatchObject({
      creator: 'edgar',
      auth_actions: expect.arrayContaining(['flow_edit', 'flow_delete']),
    });
    expect(await gantry.post('/apigw/import_project_template/1/', { template_data: 'x' }, editor)).toMatchObject({
      ...forbidden,
      message: 'you have no permission to call this api.',
    });
    const copy = { new_project_id: other, template_ids: [id] };
    expect(await gantry.post('/apigw/copy_template_across_project/1/', copy, editor)).toMatchObject(forbidden);
    await addCaller(gantry, 'edgar', 'editor', other);
    expect(await gantry.post('/apigw/copy_template_across_project/1/', copy, editor)).toMatchObject({ result: true });
  });

  it('let tasks run in the name of nobody but themselves, in copies too', async () => {
    const editor = await addCaller(gantry, 'erna', 'editor');
    await addCaller(gantry, 'erna', 'editor', other);
    const body = { pipeline_tree: sketch(LINE), executor_proxy: 'admin' };

    expect(await gantry.post('/apigw/create_template/1/', body, editor)).toMatchObject({
      result: false,
      code: 3540000,
      message: 'executor_proxy can only be set to oneself',
    });
    const id = await create(undefined, { executor_proxy: 'admin' });
    const change = { executor_proxy: 'bob' };
    expect(await gantry.post(`/apigw/modify_template_executor_proxy/${id}/1/`, change, editor)).toMatchObject({
      result: false,
    });
    expect(await gantry.post(`/apigw/update_template/${id}/1/`, { executor_proxy: 'erna' }, editor)).toMatchObject({
      result: true,
    });
    await update(id, { executor_proxy: 'admin' });
    const copy = { new_project_id: other, template_ids: [id] };
    const { data } = await gantry.post('/apigw/copy_template_across_project/1/', copy, editor);
    const shown = await info(Object.keys(data.flows)[0]!, 'include_executor_proxy=1', other);
    expect(shown.data.executor_proxy).toBe('');
  });
});
