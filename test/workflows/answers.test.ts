import '../support/own-plugins';

import { Worker } from '@temporalio/worker';
import { dataConverter } from '../../temporal/codec';
import { workflowIdOf } from '../../temporal/names';
import { type PipelineInput, RECORDED_UPDATE, STATE_QUERY } from '../../workflows/contract';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

const workflowBundle = { codePath: process.env.GANTRY_TEST_WORKFLOW_BUNDLE! };
const TASKS = 6;
const ROUNDS = 8;

describe('answers to operations', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
  });

  afterAll(() => gantry.stop());

  async function begin() {
    const tree = {
      chains: ['S a n q E'],
      activities: {
        a: { code: 'pause_node' },
        n: { code: 'bench_noop', inputs: { ms: 300 } },
        q: { code: 'test_quick', inputs: { ms: 20 } },
      },
    };
    const { task_id, pipeline_tree } = await gantry.create(sketch(tree));
    const [a] = Object.keys(pipeline_tree.activities);
    await gantry.start(task_id);
    await gantry.until(task_id, ({ children }) => children[a!]?.state === 'RUNNING');
    return { id: task_id, a: a! };
  }

  const callBack = ({ id, a }: { id: number; a: string }) =>
    gantry.post(`/apigw/node_callback/${id}/1/`, { node_id: a, callback_data: {} });
  const handleOf = (id: number) => gantry.client.workflow.getHandle(workflowIdOf(gantry.installation, id));

  async function replay(id: number): Promise<void> {
    await Worker.runReplayHistory({ workflowBundle, dataConverter }, await gantry.history(id));
  }

  it('replay alike, also when queries and signals came in between', async () => {
    const tasks = await Promise.all(Array.from({ length: TASKS }, begin));
    const over = new Set<number>();
    const asking = tasks.map(async ({ id }) => {
      for (let asked = 0; !over.has(id); asked++) {
        await handleOf(id).query(STATE_QUERY);
        if (asked % 10 === 0) await handleOf(id).signal('pause');
        if (asked % 10 === 1) await handleOf(id).signal('resume');
      }
    });

    const operating = tasks.map(async (task) => {
      for (let round = 0; round < ROUNDS; round++) {
        for (const action of ['pause', 'resume']) await gantry.post(`/apigw/operate_task/${task.id}/1/`, { action });
      }
      // It ends soon after: nothing can be sent to it then.
      return callBack(task).finally(() => over.add(task.id));
    });
    const answers = await Promise.all(operating);
    await Promise.all(asking);

    expect(answers.map(({ message }) => message)).toEqual(tasks.map(() => 'success'));
    for (const { id } of tasks) {
      await handleOf(id)
        .signal('resume')
        .catch(() => {});
      await gantry.untilState(id, 'FINISHED');
      await replay(id);
    }
  });

  it('of runs of older builds are given when somebody has asked whether all is written', async () => {
    const { workflow } = gantry.client;
    const start = workflow.start.bind(workflow);
    jest.spyOn(workflow, 'start').mockImplementation((type, options) => {
      const [{ answersRecorded: _, ...older }] = options!.args as [PipelineInput];
      return start(type as string, { ...options!, args: [older] });
    });
    const tasks = await Promise.all(Array.from({ length: TASKS }, begin));
    jest.restoreAllMocks();

    for (const task of tasks) {
      expect(await callBack(task)).toMatchObject({ result: true });
      expect((await gantry.status(task.id)).children[task.a]).toMatchObject({ state: 'FINISHED' });
    }

    for (const { id } of tasks) {
      await gantry.untilState(id, 'FINISHED');
      const { events } = await gantry.history(id);
      const updates = events!.flatMap(({ workflowExecutionUpdateAcceptedEventAttributes: accepted }) =>
        accepted ? [accepted.acceptedRequest?.input?.name] : [],
      );
      expect(updates).toEqual(['callback', RECORDED_UPDATE]);
      await replay(id);
    }
  });
});
