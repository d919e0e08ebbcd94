import '../support/own-plugins';

import { eventually } from '../support/eventually';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

/** Twenty run in one workflow task (docs/architecture.md, "A task's way through the house"). */
const QUICK_RUNS_PER_TASK = 20;

describe('quick plugins', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
  });

  afterAll(() => gantry.stop());

  it('run without activities, hand outputs on, and leave their rows', async () => {
    const tree = sketch({
      chains: ['S a b E'],
      activities: {
        a: { code: 'test_quick', inputs: { value: 'first' } },
        b: { code: 'test_quick', inputs: { value: '${a}, then second' } },
      },
      constants: {
        a: { source_type: 'component_outputs', source_info: { a: ['value'] } },
        b: { source_type: 'component_outputs', source_info: { b: ['value'] } },
      },
      outputs: ['${b}'],
    });

    const { task_id } = await run(tree);

    const root = await gantry.untilState(task_id, 'FINISHED');
    const { data } = await gantry.get(`/apigw/get_task_detail/${task_id}/1/`);
    expect(data.outputs[0].value).toBe('first, then second');
    const [node_id] = Object.keys(data.pipeline_tree.activities);
    const row = (await gantry.get(`/apigw/get_task_node_data/1/${task_id}/?node_id=${node_id}`)).data;
    expect(row.inputs).toMatchObject({ value: 'first' });
    expect(root.children[node_id!]!.start_time).not.toBeNull();
    expect(await countActivities(task_id)).toBe(0);
  });

  it('fail like any other, and can be retried', async () => {
    const tree = sketch({ chains: ['S a E'], activities: { a: { code: 'test_quick', inputs: { value: 'fail' } } } });
    const { task_id, pipeline_tree } = await run(tree);
    await gantry.untilState(task_id, 'FAILED');

    const node_id = Object.keys(pipeline_tree.activities)[0]!;
    await gantry.post(`/apigw/operate_node/1/${task_id}/`, { node_id, action: 'retry', inputs: { value: 'good' } });

    const root = await gantry.untilState(task_id, 'FINISHED');
    expect(root.children[node_id]!.retry).toBe(1);
  });

  it('run twenty to a local activity, through gateways and loops', async () => {
    const tree = sketch({
      chains: ['S a b x a', 'x c E'],
      activities: {
        a: { code: 'test_quick', inputs: { value: '${_system.task_name}' } },
        b: { code: 'test_quick', inputs: { value: '${n}' } },
        c: { code: 'test_quick', inputs: { value: 'after ${n} rounds' } },
      },
      gateways: {
        x: {
          type: 'ExclusiveGateway',
          conditions: { x_a: { evaluate: '${n} < 8' }, x_c: { evaluate: '${n} >= 8' } },
        },
      },
      constants: {
        n: { source_type: 'component_outputs', source_info: { a: ['_loop'] } },
        last: { source_type: 'component_outputs', source_info: { c: ['value'] } },
      },
      outputs: ['${last}'],
    });

    const countMarkersOfOne = async () => {
      const { task_id } = await run(tree);
      await gantry.untilState(task_id, 'FINISHED');
      const { data } = await gantry.get(`/apigw/get_task_detail/${task_id}/1/`);
      expect(data.outputs[0].value).toBe('after 8 rounds');
      return countMarkers(task_id);
    };

    // Eight rounds of two and the last one: seventeen runs, and the end of the task, in one go. Where that takes too long
    // on a busy machine it is parted, so another task has to show it.
    await eventually('all of it is one go', countMarkersOfOne, { isWanted: (count) => count === 1 });
  });

  it('go on in another worker process, which has to be told everything', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => `n${index}`);
    const constants = Object.fromEntries(
      ids.map((id) => [id, { source_type: 'component_outputs' as const, source_info: { [id]: ['value'] } }]),
    );
    const activities = Object.fromEntries(
      ids.map((id, index) => [
        id,
        { code: 'test_quick', inputs: { ms: 10, value: index === 0 ? '.' : `\${n${index - 1}}.` } },
      ]),
    );
    const tree = sketch({ chains: [['S', ...ids, 'E'].join(' ')], activities, constants, outputs: ['${n59}'] });
    const { task_id } = await run(tree);
    await untilRows(task_id, 10);
    await gantry.services.pipelines.signal(task_id, 'pause', {});
    await gantry.untilState(task_id, 'SUSPENDED');

    await gantry.stopWorker();
    await gantry.startWorker();
    await gantry.post(`/apigw/operate_task/${task_id}/1/`, { action: 'resume' });

    await gantry.untilState(task_id, 'FINISHED');
    const { data } = await gantry.get(`/apigw/get_task_detail/${task_id}/1/`);
    expect(data.outputs[0].value).toBe('.'.repeat(60));
  });

  it('fail when they hand on more than fits', async () => {
    const tree = sketch({
      chains: ['S a E'],
      activities: { a: { code: 'test_quick', inputs: { value: '${"x" * 70000}' } } },
      constants: { a: { source_type: 'component_outputs', source_info: { a: ['value'] } } },
    });

    const { task_id } = await run(tree);

    await gantry.untilState(task_id, 'FAILED');
    const { data } = await gantry.get(`/apigw/get_task_status/${task_id}/1/?with_ex_data=1`);
    expect(Object.values(data.ex_data)).toEqual([expect.stringContaining('65536')]);
  });

  it('let a pause be heard within twenty of them', async () => {
    const ids = Array.from({ length: 400 }, (_, index) => `n${index}`);
    const activities = Object.fromEntries(ids.map((id) => [id, { code: 'test_quick', inputs: { ms: 10 } }]));
    const { task_id } = await run(sketch({ chains: [['S', ...ids, 'E'].join(' ')], activities }));
    await untilRows(task_id, 30);

    await gantry.services.pipelines.signal(task_id, 'pause', {});
    const whenSent = await countRows(task_id);

    await gantry.untilState(task_id, 'SUSPENDED');
    const atRest = await countRows(task_id);
    expect(atRest - whenSent).toBeLessThanOrEqual(QUICK_RUNS_PER_TASK + 1);
    expect(atRest).toBeLessThan(ids.length);
    await gantry.post(`/apigw/operate_task/${task_id}/1/`, { action: 'resume' });
    await gantry.untilState(task_id, 'FINISHED');
    expect(await countRows(task_id)).toBe(ids.length + 2);
  });

  async function run(tree: object) {
    const task = await gantry.create(tree);
    await gantry.start(task.task_id);
    return task;
  }

  async function countRows(taskId: number): Promise<number> {
    return Object.values(await gantry.countRounds(taskId)).length;
  }

  async function untilRows(taskId: number, count: number): Promise<void> {
    const isEnough = (rows: number) => rows >= count;
    await eventually(`${count} nodes have ended`, () => countRows(taskId), { isWanted: isEnough });
  }

  async function countMarkers(taskId: number): Promise<number> {
    const { events } = await gantry.history(taskId);
    return (events ?? []).filter((event) => event.markerRecordedEventAttributes).length;
  }

  async function countActivities(taskId: number): Promise<number> {
    const { events } = await gantry.history(taskId);
    return (events ?? []).filter((event) => event.activityTaskScheduledEventAttributes).length;
  }
});
