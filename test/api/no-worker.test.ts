import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

describe('while no worker is up', () => {
  let gantry: Gantry;
  let revoked: number;

  beforeAll(async () => {
    gantry = await Gantry.create();
  });

  afterAll(() => gantry.stop());

  it('a revoke is kept and seen, a second one is told of it, and the same one again is the same', async () => {
    const { task_id } = await gantry.create(sketch({ chains: ['S a E'], activities: { a: { code: 'pause_node' } } }));
    await gantry.start(task_id);
    const revoke = (more: object = {}) =>
      gantry.post(`/apigw/operate_task/${task_id}/1/`, { action: 'revoke', ...more });

    expect(await revoke({ request_id: 'one' })).toMatchObject({ result: true });

    expect((await gantry.status(task_id)).state).toBe('REVOKED');
    expect(await revoke()).toMatchObject({ result: false, message: `task ${task_id} is being revoked` });
    expect(await revoke({ request_id: 'one' })).toMatchObject({ result: true });
    revoked = task_id;
  });

  it('tasks are created, started and read, a pause is kept, and a callback can be sent again with its id', async () => {
    const { task_id, pipeline_tree } = await gantry.create(
      sketch({ chains: ['S a b E'], activities: { a: { code: 'pause_node' } } }),
    );
    const node_id = Object.keys(pipeline_tree.activities)[0]!;
    await gantry.start(task_id);
    expect((await gantry.status(task_id)).state).toBe('RUNNING');

    const paused = await gantry.post(`/apigw/operate_task/${task_id}/1/`, { action: 'pause' });
    expect((await gantry.status(task_id)).state).toBe('SUSPENDED');
    const callback = { node_id, callback_data: { late: true } };
    const called = await gantry.post(`/apigw/node_callback/${task_id}/1/`, callback);
    const [again] = called.errors as [{ request_id: string }];

    expect(paused).toMatchObject({ status: 200, result: true });
    expect(called).toMatchObject({ status: 503, result: false, message: expect.stringContaining(again.request_id) });
    await gantry.startWorker();
    await gantry.untilState(task_id, 'SUSPENDED');
    for (let times = 0; times < 2; times++) {
      const answer = await gantry.post(`/apigw/node_callback/${task_id}/1/`, { ...callback, ...again });
      expect(answer).toMatchObject({ result: true });
    }
    const { data } = await gantry.get(`/apigw/get_task_operate_record/${task_id}/1/?node_id=${node_id}`);
    expect(data).toMatchObject([{ operate_type: 'callback' }]);
    await gantry.post(`/apigw/operate_task/${task_id}/1/`, { action: 'resume' });
    await gantry.untilState(task_id, 'FINISHED');
  });

  it('what was revoked has ended once a worker is there, with one record', async () => {
    await gantry.untilEnded(revoked);

    const task = await gantry.db.selectFrom('tasks').selectAll().where('id', '=', revoked).executeTakeFirstOrThrow();
    expect(task).toMatchObject({ phase: 'ended', status: 'REVOKED', finished_at: expect.any(Date) });
    const again = (more: object) => gantry.post(`/apigw/operate_task/${revoked}/1/`, { action: 'revoke', ...more });
    expect(await again({ request_id: 'one' })).toMatchObject({ result: true });
    expect(await again({})).toMatchObject({
      result: false,
      message: 'task with current_flow:finished cannot be revoked: it is REVOKED',
    });
    const { data } = await gantry.get(`/apigw/get_task_operate_record/${revoked}/1/`);
    expect(data.map(({ operate_type }: { operate_type: string }) => operate_type)).toEqual([
      'revoke',
      'start',
      'create',
    ]);
  });
});
