import '../support/own-plugins';

import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

describe('large tasks', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
  });

  afterAll(() => gantry.stop());

  it('a line of 10,000 nodes finishes', async () => {
    const ids = Array.from({ length: 10_000 }, (_, index) => `n${index}`);

    const finished = await run(sketch({ chains: [['S', ...ids, 'E'].join(' ')] }));

    expect(finished).toBe(10_002);
  }, 180_000);

  it('2,000 branches side by side finish', async () => {
    const branches = Array.from({ length: 2_000 }, (_, index) => `n${index}`);
    const tree = sketch({
      chains: ['S p', ...branches.map((id) => `p ${id} v`), 'v E'],
      activities: Object.fromEntries(branches.map((id) => [id, { code: 'sleep_timer', inputs: { bk_timing: '1' } }])),
      gateways: { p: { type: 'ParallelGateway' }, v: { type: 'ConvergeGateway' } },
    });

    expect(await run(tree)).toBe(2_004);
  }, 180_000);

  it('a line of activities, one of which is always open, is carried over before its history is full', async () => {
    const ids = Array.from({ length: 3_500 }, (_, index) => `n${index}`);
    const activities = Object.fromEntries(ids.map((id) => [id, { code: 'bench_noop' }]));

    const finished = await run(sketch({ chains: [['S', ...ids, 'E'].join(' ')], activities }));

    expect(finished).toBe(3_502);
    const { id } = (await gantry.db.selectFrom('tasks').select('id').orderBy('id', 'desc').executeTakeFirst())!;
    const history = await gantry.history(id);
    expect(history.events![0]!.workflowExecutionStartedEventAttributes!.continuedExecutionRunId).not.toBe('');
  }, 600_000);

  /** Nodes that are finished when the task is. */
  async function run(tree: object): Promise<number> {
    const { task_id } = await gantry.create(tree);
    await gantry.start(task_id);
    await gantry.untilEnded(task_id);
    const root = await gantry.untilState(task_id, 'FINISHED');
    return Object.values(root.children).filter(({ state }) => state === 'FINISHED').length;
  }
});
