import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

describe('while no worker is up', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
  });

  afterAll(() => gantry.stop());

  it('tasks are created, started and read, a pause is kept, and a callback can be sent again with its id', async () => {
    const { task_id, pipeline_tree } = await gantry.create(
      sketch({ chains: ['S a b E'], activities: { a: { code: 'pause_node' } } }),
    );
    const node_id = Object.keys(pipeline_tree.activities)[0]!;
    await gantry.start(task_id);
    expect((await gantry.status(task_id)).state).toBe('RUNNING');

    const paused = await gantry.post(`/apigw/operate_task/${task_id}/1/`, { action: 'pause' });
    const callback = { node_id, callback_data: { late: true }, request_id: 'callback-1' };
    const called = await gantry.post(`/apigw/node_callback/${task_id}/1/`, callback);

    expect(paused).toMatchObject({ status: 200, result: true });
    expect(called).toMatchObject({ status: 503, result: false, errors: [{ request_id: 'callback-1' }] });
    await gantry.startWorker();
    await gantry.untilState(task_id, 'SUSPENDED');
    expect(await gantry.post(`/apigw/node_callback/${task_id}/1/`, callback)).toMatchObject({ result: true });
    await gantry.post(`/apigw/operate_task/${task_id}/1/`, { action: 'resume' });
    await gantry.untilState(task_id, 'FINISHED');
  });
});
