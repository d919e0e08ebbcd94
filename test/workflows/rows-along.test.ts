import '../support/own-plugins';

import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

describe('rows that go along with an activity', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    // Room for one activity at a time: the next one waits.
    await gantry.startWorker({ maxConcurrentActivityTaskExecutions: 1 });
  });
  afterAll(() => gantry.stop());

  const noop = (ms: number) => ({ code: 'bench_noop', inputs: { ms } });

  async function rowsOf(taskId: number) {
    const rows = await gantry.db
      .selectFrom('node_executions')
      .select(['node_id', 'status'])
      .where('task_id', '=', taskId)
      .execute();
    return Object.fromEntries(rows.map(({ node_id, status }) => [node_id, status]));
  }

  it('are written when the task is stopped while the activity waits for room', async () => {
    const busy = await gantry.create(sketch({ chains: ['S a E'], activities: { a: noop(4_000) } }));
    await gantry.start(busy.task_id);
    await gantry.until(busy.task_id, ({ children }) =>
      Object.values(children).some(({ state }) => state === 'RUNNING'),
    );
    const tree = sketch({ chains: ['S i a E'], activities: { i: { code: 'bk_display' }, a: noop(0) } });
    const { task_id, pipeline_tree } = await gantry.create(tree);
    await gantry.start(task_id);

    await gantry.post(`/apigw/operate_task/${task_id}/1/`, { action: 'revoke' });

    await gantry.untilState(task_id, 'REVOKED');
    const inline = Object.values(pipeline_tree.activities).find(
      (node) => 'component' in node && node.component.code === 'bk_display',
    )!;
    expect(await rowsOf(task_id)).toMatchObject({
      [pipeline_tree.start_event.id]: 'FINISHED',
      [inline.id]: 'FINISHED',
    });
    await gantry.untilState(busy.task_id, 'FINISHED');
  });
});
