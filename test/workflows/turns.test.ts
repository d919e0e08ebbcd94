import '../support/own-plugins';

import type { History } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import { dataConverter } from '../../temporal/codec';
import { eventually } from '../support/eventually';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

const workflowBundle = { codePath: process.env.GANTRY_TEST_WORKFLOW_BUNDLE! };

/** A fifth of what a step of the machine may cost. */
const HEAVY = '${sum(range(10000))}';
const BRANCHES = 40;

describe('a task that renders much', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
  });

  afterAll(() => gantry.stop());

  it.each([
    ['inline nodes', 'bk_display', 'bk_display_message'],
    ['quick plugins', 'test_quick', 'value'],
  ])('does so in several workflow tasks, with %s side by side', async (_kind, code, input) => {
    const names = Array.from({ length: BRANCHES }, (_, index) => `n${index}`);
    const task_id = await run(
      gantry,
      sketch({
        chains: ['S p n0 v E', ...names.slice(1).map((name) => `p ${name} v`)],
        activities: Object.fromEntries(names.map((name) => [name, { code, inputs: { [input]: HEAVY } }])),
        gateways: { p: { type: 'ParallelGateway' }, v: { type: 'ConvergeGateway' } },
      }),
    );

    await gantry.untilState(task_id, 'FINISHED');

    const history = await gantry.history(task_id);
    // Every turn but the last one ends in a timer.
    expect(timersOf(history)).toBeGreaterThanOrEqual(5);
    await Worker.runReplayHistory({ workflowBundle, dataConverter }, history);
  });

  it('hears in order what comes meanwhile', async () => {
    const indexes = Array.from({ length: 12 }, (_, index) => index);
    const tree = sketch({
      chains: ['S p w0 n0 v E', ...indexes.slice(1).map((index) => `p w${index} n${index} v`)],
      activities: {
        ...Object.fromEntries(indexes.map((index) => [`n${index}`, { inputs: { bk_display_message: HEAVY } }])),
        ...Object.fromEntries(indexes.map((index) => [`w${index}`, { code: 'pause_node' }])),
      },
      gateways: { p: { type: 'ParallelGateway' }, v: { type: 'ConvergeGateway' } },
    });
    const { task_id, pipeline_tree } = await gantry.create(tree);
    await gantry.start(task_id);
    const waiting = Object.entries(pipeline_tree.activities).filter(([, node]) => codeOf(node) === 'pause_node');
    await gantry.until(task_id, ({ children }) => waiting.every(([id]) => children[id]?.state === 'RUNNING'));

    const answers = await Promise.all(waiting.map(([node_id]) => callBack(gantry, task_id, node_id)));

    await gantry.untilState(task_id, 'FINISHED');
    expect(answers).toEqual(waiting.map(() => true));
    await Worker.runReplayHistory({ workflowBundle, dataConverter }, await gantry.history(task_id));
  });

  it('fails its node, and a task beside it does not notice', async () => {
    const heavy = "${[s for s in ['a' * 900000] for i in range(2000) if s.isprintable()]}";
    const line = (message: string) =>
      sketch({ chains: ['S a E'], activities: { a: { inputs: { bk_display_message: message } } } });

    const [hostile, innocent] = await Promise.all([run(gantry, line(heavy)), run(gantry, line('hello'))]);

    await gantry.untilState(innocent, 'FINISHED');
    const { children } = await gantry.untilState(hostile, 'FAILED');
    const node_id = Object.entries(children).find(([, { state }]) => state === 'FAILED')![0];
    const { data } = await gantry.get(`/apigw/get_task_node_data/1/${hostile}/?node_id=${node_id}`);
    expect(data.ex_data).toMatch(/bk_display_message: \$\{\[s for s in .*limit/);
  });
});

function timersOf({ events }: History): number {
  return (events ?? []).filter(({ timerStartedEventAttributes }) => timerStartedEventAttributes).length;
}

/** Repeats the request while a busy machine has no answer in time; it counts once. */
async function callBack(gantry: Gantry, taskId: number, node_id: string): Promise<boolean> {
  const request = { node_id, callback_data: {}, request_id: `called-${node_id}` };
  const post = () => gantry.post(`/apigw/node_callback/${taskId}/1/`, request);
  const { result } = await eventually('a worker answers', post, {
    isWanted: (answer) => answer.result || !answer.message.includes('no worker answers'),
  });
  return result;
}

function codeOf(node: unknown): string | undefined {
  return (node as { component?: { code?: string } }).component?.code;
}

async function run(gantry: Gantry, tree: ReturnType<typeof sketch>): Promise<number> {
  const { task_id } = await gantry.create(tree);
  await gantry.start(task_id);
  return task_id;
}
