import '../support/own-plugins';

import { Gantry } from '../support/gantry';
import { keepHistory } from '../support/histories';
import { sketch } from '../support/trees';

interface Step {
  attempt: number;
  secret: string;
  round: number;
  part?: number;
  callback?: unknown;
  crashed?: string;
}

describe('a node whose plugin works in rounds', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
  });

  afterAll(() => gantry.stop());

  const stepsOf = (task: number) =>
    (globalThis as unknown as { askedInRounds: Map<number, Step[]> }).askedInRounds.get(task) ?? [];

  /** What was asked for, as `round` or `round/part`. */
  const orderOf = (task: number) =>
    stepsOf(task).map(({ round, part }) => (part === undefined ? `${round}` : `${round}/${part}`));

  async function run(inputs: object, more: object = {}) {
    const tree = sketch({
      chains: ['S a b E'],
      activities: { a: { code: 'test_rounds', inputs: inputs as never, ...more }, b: { code: 'bk_display' } },
      constants: { told: { source_type: 'component_outputs', source_info: { a: ['told'] } } },
      outputs: ['${told}'],
    });
    const created = await gantry.create(tree);
    await gantry.start(created.task_id);
    const node = Object.values(created.pipeline_tree.activities).find(({ name }) => name === 'a')!;
    return { task: created.task_id, node: node.id };
  }

  const detailOf = async (task: number, node: string) =>
    (await gantry.get(`/apigw/get_task_node_detail/${task}/1/?node_id=${node}&component_code=test_rounds`)).data;

  it('opens its parts at once, asks again when all have ended, and ends with what the last answer says', async () => {
    const { task, node } = await run({
      answers: [{ parts: 3 }, { parts: 2 }, { done: { rounds: 3, told: 'all of it' } }],
    });
    await gantry.untilState(task, 'FINISHED');

    const order = orderOf(task);
    expect([order[0], order.slice(1, 4).sort(), order[4], order.slice(5, 7).sort(), order[7]]).toEqual([
      '1',
      ['1/0', '1/1', '1/2'],
      '2',
      ['2/0', '2/1'],
      '3',
    ]);
    const { data } = await gantry.get(`/apigw/get_task_detail/${task}/1/`);
    expect(data.outputs.find(({ key }: { key: string }) => key === '${told}').value).toBe('all of it');
    const detail = await detailOf(task, node);
    expect(detail.inputs.answers).toHaveLength(3);
    expect(detail.outputs.find(({ key }: { key: string }) => key === 'rounds').value).toBe(3);
    keepHistory('rounds_of_parts', await gantry.history(task));
  });

  it('waits for a callback and for a time', async () => {
    const { task, node } = await run({
      answers: [{ wait: 'callback', waitingFor: 'somebody to say go' }, { wait: 'until' }, { done: { told: 'gone' } }],
    });
    await gantry.until(task, ({ children }) => children[node]?.waiting_for === 'somebody to say go');

    await gantry.post(`/apigw/operate_node/1/${task}/`, { node_id: node, action: 'callback', data: { go: 'now' } });
    await gantry.untilState(task, 'FINISHED');

    expect(stepsOf(task).map(({ round, callback }) => [round, callback])).toEqual([
      [1, undefined],
      [2, { go: 'now' }],
      [3, undefined],
    ]);
    keepHistory('rounds_that_wait', await gantry.history(task));
  });

  it('fails when its plugin says so, hears of parts that crashed, and begins anew when it is retried', async () => {
    const { task, node } = await run({ crash: true, answers: [{ parts: 2 }, { fail: 'one of two hosts failed' }] });
    await gantry.untilState(task, 'FAILED');

    expect(stepsOf(task).at(-1)).toMatchObject({ round: 2, crashed: 'part 0 has crashed' });
    expect((await detailOf(task, node)).ex_data).toBe('one of two hosts failed');

    const inputs = { answers: [{ done: { told: 'in the end' } }], crash: false };
    await gantry.post(`/apigw/operate_node/1/${task}/`, { node_id: node, action: 'retry', inputs });
    await gantry.untilState(task, 'FINISHED');
    expect(stepsOf(task).at(-1)).toMatchObject({ attempt: 2, round: 1 });
    keepHistory('rounds_that_fail_then_retried', await gantry.history(task));
  });

  it('begins no round while its task is paused', async () => {
    const { task, node } = await run({ answers: [{ wait: 'callback', waitingFor: 'go' }, { done: {} }] });
    await gantry.until(task, ({ children }) => children[node]?.waiting_for === 'go');
    await gantry.post(`/apigw/operate_task/${task}/1/`, { action: 'pause' });
    await gantry.post(`/apigw/operate_node/1/${task}/`, { node_id: node, action: 'callback', data: {} });
    expect(orderOf(task)).toEqual(['1']);

    await gantry.post(`/apigw/operate_task/${task}/1/`, { action: 'resume' });
    await gantry.untilState(task, 'FINISHED');
    expect(orderOf(task)).toEqual(['1', '2']);
    keepHistory('rounds_paused_in_between', await gantry.history(task));
  });

  it('is stopped with its task while its parts run', async () => {
    const { task, node } = await run({ answers: [{ wait: 'callback', waitingFor: 'go' }] });
    await gantry.until(task, ({ children }) => children[node]?.waiting_for === 'go');
    await gantry.post(`/apigw/operate_task/${task}/1/`, { action: 'revoke' });
    await gantry.untilState(task, 'REVOKED');

    expect(orderOf(task)).toEqual(['1']);
  });
});
