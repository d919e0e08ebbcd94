import { claimStart } from '../../db/tasks';
import { closeLostTasks } from '../../tasks/lost';
import { startStuckTasks } from '../../tasks/start';
import { workflowIdOf } from '../../temporal/names';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

describe('the reconciler', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
  });

  afterAll(() => gantry.stop());

  it('starts what a dying process left between its mark and the workflow, once', async () => {
    const { task_id } = await gantry.create(sketch({ chains: ['S a E'] }));
    const long = new Date(Date.now() - 60_000);
    await claimStart(gantry.db, task_id, { executor: 'admin', isPaused: false, at: long });

    const started = [await startStuckTasks(gantry.services), await startStuckTasks(gantry.services)];

    await gantry.untilState(task_id, 'FINISHED');
    expect(started[0]).toBe(1);
    const { events } = await gantry.history(task_id);
    expect(events![0]!.workflowExecutionStartedEventAttributes!.attempt).toBe(1);
    expect(await startStuckTasks(gantry.services)).toBe(0);
  });

  it('leaves a start alone that has only just been made', async () => {
    const { task_id } = await gantry.create(sketch({ chains: ['S a E'] }));
    await claimStart(gantry.db, task_id, { executor: 'admin', isPaused: false, at: new Date() });

    expect(await startStuckTasks(gantry.services)).toBe(0);
  });

  it('keeps a start paused that was to begin paused', async () => {
    const { task_id } = await gantry.create(sketch({ chains: ['S a E'] }));
    const long = new Date(Date.now() - 60_000);
    await claimStart(gantry.db, task_id, { executor: 'admin', isPaused: true, at: long });

    await startStuckTasks(gantry.services);

    const root = await gantry.untilState(task_id, 'SUSPENDED');
    expect(root.children).toEqual({});
  });

  it('ends a task whose workflow was terminated, and no row stays RUNNING', async () => {
    const tree = sketch({ chains: ['S a E'], activities: { a: { code: 'pause_node' } } });
    const { task_id, pipeline_tree } = await gantry.create(tree);
    await gantry.start(task_id);
    const node_id = Object.keys(pipeline_tree.activities)[0]!;
    await gantry.until(task_id, ({ children }) => children[node_id]?.state === 'RUNNING');

    await gantry.client.workflow.getHandle(workflowIdOf(gantry.installation, task_id)).terminate('by hand');
    await closeLostTasks(gantry.services, task_id - 1);

    const root = await gantry.untilState(task_id, 'REVOKED');
    expect(root.children[node_id]!.state).toBe('REVOKED');
    const reason = 'terminated on the Temporal server: by hand';
    expect((await gantry.get(`/apigw/get_task_detail/${task_id}/1/`)).data.ex_data).toBe(reason);
    const node = await gantry.get(`/apigw/get_task_node_data/1/${task_id}/?node_id=${node_id}`);
    expect(node.data.ex_data).toBe(reason);
    const { data: records } = await gantry.get(`/apigw/get_task_operate_record/${task_id}/1/`);
    expect(records[0]).toMatchObject({
      ...{ operate_type: 'revoke', operator: '', operate_source: 'temporal' },
      extra_info: { reason, nodes: [node_id] },
    });
  });

  it.each(['FINISHED', 'REVOKED'])(
    'shows a task %s whose workflow ended so, when its last rows were lost',
    async (state) => {
      const tree = sketch({
        chains: ['S a b E'],
        activities: { a: { code: 'pause_node' } },
        constants: { said: { source_type: 'component_outputs', source_info: { a: ['callback_data'] } } },
        outputs: ['${said}'],
      });
      const { task_id, pipeline_tree } = await gantry.create(tree);
      await gantry.start(task_id);
      const [a, b] = Object.keys(pipeline_tree.activities) as [string, string];
      await gantry.until(task_id, ({ children }) => children[a]?.state === 'RUNNING');
      const before = await gantry.db
        .selectFrom('tasks')
        .selectAll()
        .where('id', '=', task_id)
        .executeTakeFirstOrThrow();
      const rows = await gantry.db.selectFrom('node_executions').selectAll().where('task_id', '=', task_id).execute();
      if (state === 'FINISHED')
        await gantry.post(`/apigw/node_callback/${task_id}/1/`, { node_id: a, callback_data: 'x' });
      else await gantry.post(`/apigw/operate_task/${task_id}/1/`, { action: 'revoke' });
      await gantry.untilEnded(task_id);
      const ended = await gantry.status(task_id);
      const detail = async () => (await gantry.get(`/apigw/get_task_detail/${task_id}/1/`)).data;
      const { outputs } = await detail();
      await gantry.db.transaction().execute(async (tx) => {
        const { phase, status, shown, seq } = before;
        const lost = { phase, status, shown, seq, finished_at: null, outputs: null };
        await tx.updateTable('tasks').set(lost).where('id', '=', task_id).execute();
        await tx.deleteFrom('node_executions').where('task_id', '=', task_id).execute();
        for (const row of rows) {
          const values = JSON.parse(JSON.stringify(row));
          const texts = { inputs: JSON.stringify(row.inputs), outputs: JSON.stringify(row.outputs), progress: null };
          await tx
            .insertInto('node_executions')
            .values({ ...values, ...texts })
            .execute();
        }
      });
      expect((await gantry.status(task_id)).state).toBe('RUNNING');

      await closeLostTasks(gantry.services, task_id - 1);

      const root = await gantry.status(task_id);
      expect(root).toMatchObject({ state, finish_time: expect.any(String) });
      const states = (of: typeof root) => [a, b].map((id) => of.children[id]?.state);
      expect(states(root)).toEqual(states(ended));
      expect(await detail()).toMatchObject({ outputs, ex_data: '' });
      const task = await gantry.db.selectFrom('tasks').selectAll().where('id', '=', task_id).executeTakeFirstOrThrow();
      expect(task).toMatchObject({ phase: 'ended', end_reason: null });
    },
  );

  it('ends a task whose workflow ran out of time on the server, and says so', async () => {
    const { task_id } = await gantry.create(sketch({ chains: ['S a E'] }));
    await gantry.client.workflow.start('pipeline', {
      workflowId: workflowIdOf(gantry.installation, task_id),
      taskQueue: 'nobody is there',
      workflowExecutionTimeout: '1s',
    });
    await gantry.db.updateTable('tasks').set({ phase: 'running' }).where('id', '=', task_id).execute();
    await expect(gantry.untilEnded(task_id)).rejects.toThrow();

    await closeLostTasks(gantry.services, task_id - 1);

    const { data } = await gantry.get(`/apigw/get_task_detail/${task_id}/1/`);
    expect(data.ex_data).toContain('ran out of time');
  });

  it('ends a task whose workflow was terminated before it had recorded anything', async () => {
    await gantry.stopWorker();
    const { task_id } = await gantry.create(sketch({ chains: ['S a E'] }));
    await gantry.start(task_id);
    await gantry.client.workflow.getHandle(workflowIdOf(gantry.installation, task_id)).terminate('by hand');

    await startStuckTasks(gantry.services, Date.now() + 60_000);
    await closeLostTasks(gantry.services, task_id - 1);

    await gantry.startWorker();
    await gantry.untilState(task_id, 'REVOKED');
  });

  it('takes a cancel in the Temporal Web UI for a stop', async () => {
    const tree = sketch({ chains: ['S a E'], activities: { a: { code: 'pause_node' } } });
    const { task_id } = await gantry.create(tree);
    await gantry.start(task_id);
    await gantry.until(task_id, ({ children }) => Object.values(children).some(({ waiting_for }) => waiting_for));

    await gantry.client.workflow.getHandle(workflowIdOf(gantry.installation, task_id)).cancel();

    await gantry.untilState(task_id, 'REVOKED');
    expect(await gantry.history(task_id)).toBeDefined();
  });
});
