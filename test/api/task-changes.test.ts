import { addCaller, addPlainApp } from '../support/callers';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

const tree = sketch({
  chains: ['S w a b E'],
  activities: {
    w: { code: 'pause_node', name: 'wait' },
    a: { inputs: { bk_display_message: '${greeting}' } },
    b: { inputs: { bk_display_message: '${at}' } },
  },
  constants: {
    who: { value: 'Ann' },
    greeting: { value: 'hello ${who}', show_type: 'hide' },
    said: { source_type: 'component_outputs', source_info: { w: ['callback_data'] } },
    at: { value: '${who}', pre_render_mako: true },
  },
  outputs: ['${greeting}', '${at}'],
});

describe('a task that is changed', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
    await addPlainApp(gantry);
  });

  afterAll(() => gantry.stop());

  const modify = (task: number, constants: unknown, more: object = {}) =>
    gantry.post(`/apigw/modify_constants_for_task/${task}/1/`, { constants, ...more });
  const detail = async (task: number) => (await gantry.get(`/apigw/get_task_detail/${task}/1/`)).data;
  const records = async (task: number, query = '') =>
    (await gantry.get(`/apigw/get_task_operate_record/${task}/1/${query}`)).data;
  const finish = async (task: number) => {
    const { pipeline_tree } = await detail(task);
    const node_id = Object.keys(pipeline_tree.activities)[0]!;
    await gantry.until(task, ({ children }) => children[node_id]?.state === 'RUNNING');
    await gantry.post(`/apigw/node_callback/${task}/1/`, { node_id });
    await gantry.untilState(task, 'FINISHED');
    return (await detail(task)).outputs.map(({ value }: { value: unknown }) => value);
  };

  it('runs with the constants that it was given before its start, under the same ids', async () => {
    const { task_id, pipeline_tree } = await gantry.create(tree);

    expect(await modify(task_id, { '${who}': 'Bob', '${unknown}': 1 })).toMatchObject({
      result: true,
      data: 'success',
    });

    const changed = await detail(task_id);
    expect(changed.constants['${who}'].value).toBe('Bob');
    expect(changed.pipeline_tree.activities).toEqual(pipeline_tree.activities);
    await gantry.start(task_id);
    expect(await finish(task_id)).toEqual(['hello Bob', 'Bob']);
    expect(
      (await records(task_id)).find((record: { operate_type: string }) => record.operate_type === 'update'),
    ).toMatchObject({
      operator: 'admin',
      operate_source: 'api',
      instance_id: task_id,
      extra_info: { constants: ['${who}'] },
    });
    expect(await modify(task_id, { '${who}': 'Eve' })).toMatchObject({
      code: 3540000,
      message: expect.stringContaining('task is finished'),
    });
  });

  it('is left as it is when one of the constants is hidden or an output', async () => {
    const { task_id } = await gantry.create(tree);

    const answer = await modify(task_id, { '${who}': 'Bob', '${greeting}': 'x', '${said}': 'y' });

    expect(answer).toMatchObject({ result: false, code: 3540000 });
    expect(answer.message).toContain('outputs [${said}] and hidden variables [${greeting}] cannot be changed');
    expect((await detail(task_id)).constants['${who}'].value).toBe('Ann');
  });

  it('is left as it is when the new value makes the constants refer to each other in a circle', async () => {
    const { task_id } = await gantry.create(tree);

    expect(await modify(task_id, { '${who}': '${greeting}' })).toMatchObject({ result: false, code: 3540000 });
    expect((await detail(task_id)).constants['${who}'].value).toBe('Ann');
  });

  it('takes new constants while it is paused, but not while it runs, and none that were fixed at its start', async () => {
    const { task_id } = await gantry.create(tree);
    await gantry.start(task_id);
    await gantry.until(task_id, ({ children }) => Object.values(children).some(({ waiting_for }) => waiting_for));
    expect(await modify(task_id, { '${who}': 'Bob' })).toMatchObject({
      code: 3540000,
      message: expect.stringMatching(/task is started: .*RUNNING/),
    });
    await gantry.post(`/apigw/operate_task/${task_id}/1/`, { action: 'pause' });
    await gantry.untilState(task_id, 'SUSPENDED');

    expect(await modify(task_id, { '${who}': 'Bob' }, { request_id: 'once' })).toMatchObject({ result: true });
    expect(await modify(task_id, { '${at}': 'x' })).toMatchObject({
      code: 3540000,
      message: expect.stringContaining('at'),
    });

    expect((await detail(task_id)).constants['${who}'].value).toBe('Bob');
    expect((await detail(task_id)).constants['${at}'].value).toBe('${who}');
    await gantry.post(`/apigw/operate_task/${task_id}/1/`, { action: 'resume' });
    expect(await finish(task_id)).toEqual(['hello Bob', 'Ann']);
  });

  it('takes what its failed node needs to succeed', async () => {
    const failing = sketch({
      chains: ['S a E'],
      activities: { a: { code: 'sleep_timer', inputs: { bk_timing: '${seconds}' } } },
      constants: { seconds: { value: 'bad' } },
    });
    const { task_id, pipeline_tree } = await gantry.create(failing);
    const node_id = Object.keys(pipeline_tree.activities)[0]!;
    await gantry.start(task_id);
    await gantry.untilState(task_id, 'FAILED');

    expect(await modify(task_id, { '${seconds}': '0' })).toMatchObject({ result: true });
    await gantry.post(`/apigw/operate_node/1/${task_id}/`, { node_id, action: 'retry' });

    await gantry.untilState(task_id, 'FINISHED');
    expect(
      (await records(task_id, `?node_id=${node_id}`)).map((record: { operate_type: string }) => record.operate_type),
    ).toEqual(['retry']);
  });

  it('is cloned as it is, with new ids', async () => {
    const { task_id, pipeline_tree } = await gantry.create(tree, { category: 'DevTools' });
    await modify(task_id, { '${who}': 'Bob' });

    const { data } = await gantry.post(`/apigw/clone_task/${task_id}/1/`, { name: 'again' });

    expect(data.task_id).not.toBe(task_id);
    const ids = Object.keys(data.pipeline_tree.activities);
    expect(ids).toHaveLength(3);
    for (const id of ids) expect(Object.keys(pipeline_tree.activities)).not.toContain(id);
    const templateIds = (of: object) => Object.values(of).map(({ template_node_id }) => template_node_id);
    expect(templateIds(data.pipeline_tree.activities)).toEqual(templateIds(pipeline_tree.activities));
    expect(await detail(data.task_id)).toMatchObject({ name: 'again', create_method: 'api', executor: '' });
    expect((await records(data.task_id))[0]).toMatchObject({ operate_type: 'task_clone' });
    await gantry.start(data.task_id);
    expect(await finish(data.task_id)).toEqual(['hello Bob', 'Bob']);
  });

  it('can be deleted while it is not running, and does not exist then', async () => {
    const { task_id } = await gantry.create(tree);
    const drop = (headers: Record<string, string> = {}) => gantry.post(`/apigw/delete_task/${task_id}/1/`, {}, headers);
    await gantry.start(task_id);
    expect(await drop()).toMatchObject({ result: false, code: 3545000, message: expect.stringContaining('RUNNING') });
    await gantry.post(`/apigw/operate_task/${task_id}/1/`, { action: 'revoke' });
    await gantry.untilState(task_id, 'REVOKED');
    expect(await drop(await addCaller(gantry, 'olga', 'operator'))).toMatchObject({ result: false, code: 3540100 });

    expect(await drop()).toMatchObject({ result: true });

    expect(await drop()).toMatchObject({ result: false, code: 3540400 });
    expect(await gantry.get(`/apigw/get_task_detail/${task_id}/1/`)).toMatchObject({ code: 3540400 });
    const { data } = await gantry.get('/apigw/get_task_list/1/');
    expect(data.map(({ id }: { id: number }) => id)).not.toContain(task_id);
  });

  it('does not start once it is deleted', async () => {
    const { task_id } = await gantry.create(tree);

    await gantry.post(`/apigw/delete_task/${task_id}/1/`);

    expect(await gantry.post(`/apigw/start_task/${task_id}/1/`)).toMatchObject({ result: false, code: 3540400 });
  });
});
