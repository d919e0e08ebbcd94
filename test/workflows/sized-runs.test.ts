import '../support/own-plugins';

import { randomBytes } from 'node:crypto';
import { Worker } from '@temporalio/worker';
import { findProject } from '../../db/access';
import { findProgram, findTask } from '../../db/tasks';
import type { Program } from '../../pipeline/program';
import { contextOf } from '../../tasks/context';
import { closeLostTasks } from '../../tasks/lost';
import { dataConverter } from '../../temporal/codec';
import { taskQueueOf, workflowIdOf } from '../../temporal/names';
import type { PipelineInput } from '../../workflows/contract';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

const workflowBundle = { codePath: process.env.GANTRY_TEST_WORKFLOW_BUNDLE! };

/** Text that does not get much smaller when it is compressed. */
const noise = (bytes: number) =>
  randomBytes(Math.ceil(bytes * 0.75))
    .toString('base64')
    .slice(0, bytes);

describe('what is too large for Temporal', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
  });
  afterAll(() => gantry.stop());

  const nodeData = async (taskId: number, nodeId: string) =>
    (await gantry.get(`/apigw/get_task_node_data/1/${taskId}/?node_id=${nodeId}`)).data;

  async function replays(taskId: number): Promise<void> {
    await Worker.runReplayHistory({ workflowBundle, dataConverter }, await gantry.history(taskId));
  }

  it('fails the node whose inputs it is, with the sizes; what is beside it goes on, and so does a retry with less', async () => {
    const { task_id, pipeline_tree } = await gantry.create(
      sketch({
        chains: ['S p a v E', 'p b v'],
        activities: {
          a: {
            code: 'bench_noop',
            inputs: { one: '${big}', two: '${big}', ms: 0, most: '${big}${more}' },
            retryable: true,
          },
          b: { code: 'bench_noop' },
        },
        gateways: { p: { type: 'ParallelGateway' }, v: { type: 'ConvergeGateway' } },
        constants: { big: { value: noise(700_000) }, more: { value: 'more' } },
      }),
    );
    const [a, b] = ['a', 'b'].map(
      (name) => Object.values(pipeline_tree.activities).find((one) => one.name === name)!.id,
    );
    await gantry.start(task_id);

    await gantry.untilState(task_id, 'FAILED');
    await gantry.until(task_id, ({ children }) => children[b!]?.state === 'FINISHED');
    const { ex_data } = await nodeData(task_id, a!);
    expect(ex_data).toMatch(
      /^inputs are too large to be sent to a worker: 2100\d\d\d bytes of JSON, 700006 of them in most; 2031616 is the limit$/,
    );
    const retry = await gantry.post(`/apigw/operate_node/1/${task_id}/`, {
      node_id: a,
      action: 'retry',
      inputs: { one: 'less' },
    });
    expect(retry.message).toBe('success');
    await gantry.untilState(task_id, 'FINISHED');
    await replays(task_id);
  });

  it('for a run of older rules ends its workflow on the server; task, node and record say why', async () => {
    const { task_id, pipeline_tree } = await gantry.create(
      sketch({
        chains: ['S a E'],
        activities: {
          a: { code: 'bench_noop', inputs: { one: '${big}', two: '${big}', three: '${big}', four: '${big}' } },
        },
        constants: { big: { value: noise(900_000) } },
      }),
    );
    const [node_id] = Object.keys(pipeline_tree.activities);
    const task = (await findTask(gantry.db, 1, task_id))!;
    const program = await findProgram<Program>(gantry.db, task_id);
    const context = contextOf(task, (await findProject(gantry.db, 1))!, 'http://gantry.test', program);
    await gantry.db.updateTable('tasks').set({ phase: 'running' }).where('id', '=', task_id).execute();
    await gantry.client.workflow.start('pipeline', {
      workflowId: workflowIdOf(gantry.installation, task_id),
      taskQueue: taskQueueOf(gantry.installation),
      args: [{ program, context, recordsAlong: true } satisfies PipelineInput],
    });
    await expect(gantry.untilEnded(task_id)).rejects.toThrow();

    await closeLostTasks(gantry.services, task_id - 1);

    await gantry.untilState(task_id, 'REVOKED');
    const { ex_data } = (await gantry.get(`/apigw/get_task_detail/${task_id}/1/`)).data;
    expect(ex_data).toContain('Input exceeds size limit');
    expect((await nodeData(task_id, node_id!)).ex_data).toBe(ex_data);
    const { data: records } = await gantry.get(`/apigw/get_task_operate_record/${task_id}/1/`);
    expect(records[0]).toMatchObject({ operate_type: 'revoke', extra_info: { reason: ex_data, nodes: [node_id] } });
  });

  it('together only is sent one after the other', async () => {
    const branches = Array.from({ length: 8 }, (_, index) => `n${index}`);
    const { task_id } = await gantry.create(
      sketch({
        chains: ['S p', ...branches.map((id) => `p ${id} v`), 'v E'],
        activities: Object.fromEntries(
          branches.map((id) => [id, { code: 'bench_noop', inputs: { ms: 0, value: '${big}' } }]),
        ),
        gateways: { p: { type: 'ParallelGateway' }, v: { type: 'ConvergeGateway' } },
        constants: { big: { value: noise(900_000) } },
      }),
    );
    await gantry.start(task_id);

    const root = await gantry.untilState(task_id, 'FINISHED');
    expect(Object.values(root.children).filter(({ state }) => state === 'FINISHED')).toHaveLength(12);
    await replays(task_id);
  });

  it('together only, and stopped while some of it waits, ends', async () => {
    const branches = Array.from({ length: 8 }, (_, index) => `n${index}`);
    const { task_id } = await gantry.create(
      sketch({
        chains: ['S p', ...branches.map((id) => `p ${id} v`), 'v E'],
        activities: Object.fromEntries(
          branches.map((id) => [id, { code: 'bench_noop', inputs: { ms: 1_000, value: '${big}' } }]),
        ),
        gateways: { p: { type: 'ParallelGateway' }, v: { type: 'ConvergeGateway' } },
        constants: { big: { value: noise(900_000) } },
      }),
    );
    await gantry.start(task_id);
    await gantry.post(`/apigw/operate_task/${task_id}/1/`, { action: 'revoke' });

    await gantry.untilState(task_id, 'REVOKED');
    await replays(task_id);
  });

  it('is refused as the data of a callback, with the sizes; so is what is too deep', async () => {
    const tree = sketch({ chains: ['S a E'], activities: { a: { code: 'pause_node' } } });
    const { task_id, pipeline_tree } = await gantry.create(tree);
    const [node_id] = Object.keys(pipeline_tree.activities);
    await gantry.start(task_id);
    await gantry.until(task_id, ({ children }) => children[node_id!]?.waiting_for !== undefined);
    const call = (callback_data: string) =>
      gantry.post(
        `/apigw/operate_node/1/${task_id}/`,
        `{"node_id": "${node_id}", "action": "callback", "data": ${callback_data}}`,
      );

    const large = await call(`{"text": "${'x'.repeat(1_100_000)}"}`);
    const deep = await call(`{"text": ${'['.repeat(5_000)}${']'.repeat(5_000)}}`);

    expect(large.status).toBe(413);
    expect(large.message).toMatch(/too large for a running task: 1100\d\d\d bytes, the limit is 1048576/);
    expect(deep.result).toBe(false);
    expect(deep.message).toContain('deeper than 2000 levels');
    expect((await call('{"text": "fits"}')).message).toBe('success');
    await gantry.untilState(task_id, 'FINISHED');
  });

  it('is refused as what a task starts with, and the task can be started when there is less', async () => {
    const rows = Array.from({ length: 30 }, (_, index) => ({ project_id: 1, key: `k${index}`, value: noise(100_000) }));
    await gantry.db.insertInto('project_constants').values(rows).execute();
    const { task_id } = await gantry.create(sketch({ chains: ['S a E'] }));

    const refused = await gantry.post(`/apigw/start_task/${task_id}/1/`);

    expect(refused.status).toBe(413);
    expect(refused.message).toMatch(/^what task \d+ starts with is too large: 30\d{5} bytes, 2\d{6} compressed/);
    expect((await gantry.status(task_id)).state).toBe('CREATED');
    await gantry.db.deleteFrom('project_constants').execute();
    await gantry.start(task_id);
    await gantry.untilState(task_id, 'FINISHED');
  });
});
