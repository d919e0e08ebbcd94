import type { PipelineTree } from '../../pipeline/tree/types';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

const BAD_TIMER = { code: 'sleep_timer', inputs: { bk_timing: 'bad ${who}' } };

describe('a node in detail', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
  });

  afterAll(() => gantry.stop());

  const detail = (task: number, query: Record<string, string>) =>
    gantry.get(`/apigw/get_task_node_detail/${task}/1/?${new URLSearchParams(query)}`);
  const nodeNamed = ({ activities }: PipelineTree, name: string) =>
    Object.values(activities).find((activity) => activity.name === name)!.id;

  it('has its attempts, inputs and outputs, and says how often it was retried by itself', async () => {
    const auto_retry = { enable: true, times: 1, interval: 0 };
    const tree = sketch({
      chains: ['S a E'],
      activities: { a: { ...BAD_TIMER, auto_retry } },
      constants: { who: { value: 'x' } },
    });
    const { task_id, pipeline_tree } = await gantry.create(tree);
    const node_id = nodeNamed(pipeline_tree, 'a');
    await gantry.start(task_id);
    await gantry.until(
      task_id,
      ({ children }) => children[node_id]?.retry === 1 && children[node_id].state === 'FAILED',
    );
    await gantry.post(`/apigw/operate_node/1/${task_id}/`, { node_id, action: 'retry' });
    const root = await gantry.until(
      task_id,
      ({ children }) => children[node_id]?.retry === 2 && children[node_id].state === 'FAILED',
    );

    const { data } = await detail(task_id, { node_id });

    expect(data).toMatchObject({
      id: node_id,
      name: 'a',
      state: 'FAILED',
      loop: 1,
      retry: 2,
      version: root.children[node_id]!.version,
      parent_id: pipeline_tree.id,
      inputs: { bk_timing: 'bad x', _loop: 1, _inner_loop: 1 },
      ex_data: expect.stringContaining('bad x'),
      history_id: -1,
      auto_retry_info: { node_id, auto_retry_times: 1, max_auto_retry_times: 1 },
    });
    expect(data.histories).toHaveLength(2);
    expect(data.histories[0]).toMatchObject({
      state: 'FAILED',
      retry: 0,
      inputs: { bk_timing: 'bad x' },
      ex_data: data.ex_data,
    });
    expect(data.histories[0].version).not.toBe(data.version);
    const flags = 'with_failed_node_info=1&with_auto_retry_status=1';
    expect((await gantry.get(`/apigw/get_task_status/${task_id}/1/?${flags}`)).data).toMatchObject({
      failed_node_info: { [node_id]: { auto_retry_times: 1, max_auto_retry_times: 1 } },
      auto_retry_status: { exist_auto_retry_nodes: false, auto_retry_nodes: [] },
    });

    const log = (version: string, query = '') =>
      gantry.get(`/apigw/get_task_node_log/${task_id}/1/?node_id=${node_id}&version=${version}${query}`) as Promise<
        Awaited<ReturnType<Gantry['get']>> & { page: object }
      >;
    const whole = await log(data.histories[1].version);
    expect(whole.data).toContain('RUNNING round 1, attempt 2');
    expect(whole.data).toContain('FAILED round 1, attempt 2');
    expect(whole.data).toContain(data.ex_data.split('\n')[0]);
    const second = await log(data.histories[1].version, '&page=2&page_size=1');
    expect(second.data).toBe(whole.data.split('\n')[1]);
    expect(second.page).toEqual({ page: 2, page_size: 1, total: whole.data.split('\n').length });
    expect(await log('v0')).toMatchObject({ result: false, code: 3540000 });
  });

  it('shows what would go into it before it is reached', async () => {
    const tree = sketch({
      chains: ['S a b E'],
      activities: {
        a: { code: 'pause_node', name: 'wait' },
        b: { name: 'show', inputs: { bk_display_message: '${who} said ${said}' } },
      },
      constants: {
        who: { value: 'Ann' },
        said: { source_type: 'component_outputs', source_info: { a: ['callback_data'] } },
      },
    });
    const { task_id, pipeline_tree } = await gantry.create(tree);
    const node_id = nodeNamed(pipeline_tree, 'show');

    const { data } = await detail(task_id, { node_id });

    expect(data).toMatchObject({ name: 'show', state: 'READY', error_ignorable: false, ex_data: '' });
    expect(data.inputs).toEqual({ bk_display_message: 'Ann said ${said}' });
    expect(data.outputs).toEqual([]);
    expect((await gantry.get(`/apigw/get_task_node_data/1/${task_id}/?node_id=${node_id}`)).data.inputs).toEqual(
      data.inputs,
    );
    expect(await detail(task_id, { node_id, loop: '2' })).toMatchObject({ result: false, code: 3540000 });
  });

  it('shows an output by the name of the variable that takes it, and what its plugin declares first', async () => {
    const tree = sketch({
      chains: ['S a E'],
      activities: { a: { code: 'pause_node' } },
      constants: { said: { source_type: 'component_outputs', source_info: { a: ['callback_data'] } } },
    });
    const { task_id, pipeline_tree } = await gantry.create(tree);
    const node_id = nodeNamed(pipeline_tree, 'a');
    await gantry.start(task_id);
    await gantry.until(task_id, ({ children }) => children[node_id]?.state === 'RUNNING');
    await gantry.post(`/apigw/node_callback/${task_id}/1/`, { node_id, callback_data: { word: 'go' } });
    await gantry.untilState(task_id, 'FINISHED');

    const plain = (await detail(task_id, { node_id })).data.outputs;
    const declared = (await detail(task_id, { node_id, component_code: 'pause_node' })).data.outputs;

    expect(plain).toContainEqual({ name: '', key: 'said', value: { word: 'go' }, preset: false });
    expect(declared[0]).toMatchObject({ key: 'said', value: { word: 'go' }, preset: true });
    expect(declared.map(({ key }: { key: string }) => key)).toContain('_result');
  });

  it('has a round of a loop, and no round that was not', async () => {
    const loop_config = { enable: true, loop_times: 3 };
    const tree = sketch({ chains: ['S a E'], activities: { a: { inputs: { bk_display_message: 'x' }, loop_config } } });
    const { task_id, pipeline_tree } = await gantry.create(tree);
    const node_id = nodeNamed(pipeline_tree, 'a');
    await gantry.start(task_id);
    await gantry.untilState(task_id, 'FINISHED');

    expect((await detail(task_id, { node_id })).data).toMatchObject({ loop: 3, inputs: { _loop: 3 } });
    expect((await detail(task_id, { node_id, loop: '1' })).data).toMatchObject({
      loop: 1,
      state: 'FINISHED',
      inputs: { _loop: 1 },
    });
    const roundsOf = async (query: object) =>
      (await detail(task_id, { node_id, ...query })).data.histories.map(
        ({ loop, state, inputs }: { loop: number; state: string; inputs: { _loop: number } }) => [
          loop,
          state,
          inputs._loop,
        ],
      );
    expect(await roundsOf({})).toEqual([
      [1, 'FINISHED', 1],
      [2, 'FINISHED', 2],
    ]);
    expect(await roundsOf({ loop: '2' })).toEqual([]);
    expect(await detail(task_id, { node_id, loop: '4' })).toMatchObject({
      code: 3540000,
      message: expect.stringContaining('round 4'),
    });
    const data = (query: string) => gantry.get(`/apigw/get_task_node_data/1/${task_id}/?node_id=${node_id}${query}`);
    expect(await data('&loop=4')).toMatchObject({ result: false, code: 3599999 });
    expect((await data('&template_node_id=a')).data.execution_time).toHaveLength(3);
  });

  it('is found in a subprocess, whose parameters have bare names', async () => {
    const inner = sketch({
      chains: ['S i E'],
      activities: { i: { name: 'inner', inputs: { bk_display_message: '${given}!' } } },
      constants: { given: { value: '${who}' } },
    });
    const outer = sketch({
      chains: ['S w p E'],
      activities: { w: { code: 'pause_node' } },
      constants: { who: { value: 'Bob' } },
    });
    const { incoming, outgoing } = outer.activities.p!;
    const sub = {
      id: 'p',
      type: 'SubProcess' as const,
      name: 'sub',
      incoming,
      outgoing,
      pipeline: { ...inner, id: 'p' },
    };
    const { task_id, pipeline_tree } = await gantry.create({ ...outer, activities: { ...outer.activities, p: sub } });
    const owner = nodeNamed(pipeline_tree, 'sub');
    const subprocess = pipeline_tree.activities[owner]!;
    if (subprocess.type !== 'SubProcess') throw new Error('no subprocess');
    const node_id = nodeNamed(subprocess.pipeline, 'inner');
    const stack = { node_id, subprocess_stack: JSON.stringify([owner]) };

    expect((await detail(task_id, stack)).data.inputs).toEqual({ bk_display_message: 'Bob!' });
    expect((await detail(task_id, { node_id: owner })).data.inputs).toEqual({ given: 'Bob' });
    await gantry.start(task_id);
    const wait = nodeNamed(pipeline_tree, 'w');
    await gantry.until(task_id, ({ children }) => children[wait]?.state === 'RUNNING');
    await gantry.post(`/apigw/node_callback/${task_id}/1/`, { node_id: wait });
    await gantry.untilState(task_id, 'FINISHED');

    expect((await detail(task_id, stack)).data).toMatchObject({
      parent_id: owner,
      state: 'FINISHED',
      inputs: { bk_display_message: 'Bob!' },
    });
    const whole = (await detail(task_id, { node_id: owner })).data;
    expect(whole.inputs).toEqual({ given: 'Bob' });
    expect(whole.children[node_id]).toMatchObject({ state: 'FINISHED' });
  });

  it('is refused with the codes of its endpoint', async () => {
    const { task_id, pipeline_tree } = await gantry.create(sketch({ chains: ['S a E'] }));
    const node_id = nodeNamed(pipeline_tree, 'a');

    expect(await detail(task_id, { node_id: 'nobody' })).toMatchObject({ code: 3540000 });
    expect(await detail(999_999, { node_id })).toMatchObject({
      code: 3540400,
      message: expect.stringContaining('[API] get_task_node_detail task[id=999999]'),
    });
    for (const subprocess_stack of ['x', '{}']) {
      expect(await detail(task_id, { node_id, subprocess_stack })).toMatchObject({
        code: 3599999,
        message: 'subprocess_stack is not a valid array json',
      });
    }
  });

  it('counts what waited for a person out of the time of its task', async () => {
    const tree = sketch({
      chains: ['S w P a C b E', 'P c C'],
      activities: { w: { code: 'pause_node' } },
      gateways: { P: { type: 'ParallelGateway' }, C: { type: 'ConvergeGateway' } },
    });
    const { task_id, pipeline_tree } = await gantry.create(tree);
    const effective = () => gantry.get(`/apigw/get_task_effective_time/${task_id}/1/`);
    expect(await effective()).toMatchObject({ code: 3540000, message: expect.stringContaining('is not finished yet') });
    await gantry.start(task_id);
    const node_id = nodeNamed(pipeline_tree, 'w');
    await gantry.until(task_id, ({ children }) => children[node_id]?.state === 'RUNNING');
    await gantry.post(`/apigw/node_callback/${task_id}/1/`, { node_id });
    await gantry.untilState(task_id, 'FINISHED');
    const seconds = { w: 100, a: 10, c: 30, b: 5 };
    for (const [name, length] of Object.entries(seconds)) {
      const started_at = new Date('2026-01-01T00:00:00Z');
      await gantry.db
        .updateTable('node_executions')
        .set({ started_at, finished_at: new Date(started_at.getTime() + length * 1000) })
        .where('node_id', '=', nodeNamed(pipeline_tree, name))
        .execute();
    }
    const times = { started_at: new Date('2026-01-01T00:00:00Z'), finished_at: new Date('2026-01-01T00:03:00Z') };
    await gantry.db.updateTable('tasks').set(times).where('id', '=', task_id).execute();

    expect((await effective()).data).toMatchObject({
      total_elapsed_time: 180,
      effective_time: 35,
      total_node_count: 4,
      excluded_node_count: 1,
      excluded_component_codes: ['pause_node', 'bk_approve'],
    });
    expect(await gantry.get('/apigw/get_task_effective_time/999999/1/')).toMatchObject({
      code: 3540400,
      message: 'task[id=999999] does not exist',
    });
  });
});
