import { setTimeout as delay } from 'node:timers/promises';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { closeLostTasks } from '../../tasks/lost';
import { putAside } from '../../tasks/put-aside';
import type { Services } from '../../tasks/services';
import { isUnreachable } from '../../temporal/errors';
import type { TaskFailure } from '../../temporal/executions';
import { taskQueueOf } from '../../temporal/names';
import { eventually } from '../support/eventually';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

const STILL_MS = 31_000;

/** A turn over all tasks as if it were that time. */
async function turn(services: Services, now = Date.now()): Promise<void> {
  for (let at = 0; ; ) {
    at = await closeLostTasks(services, at, undefined, now);
    if (at === 0) return;
  }
}

const rowOf = (gantry: Gantry, id: number) =>
  gantry.db.selectFrom('tasks').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

async function attemptOf(gantry: Gantry, taskId: number): Promise<number> {
  const look = await gantry.services.pipelines.look(taskId);
  if (look?.kind !== 'running') throw new Error(`the workflow of task ${taskId} does not run`);
  return look.taskAttempt;
}

async function untilTried(gantry: Gantry, taskId: number): Promise<void> {
  const isTried = (attempt: number) => attempt > 3;
  const patience = { isWanted: isTried, withinMs: 90_000, everyMs: 250 };
  await eventually('the workflow task is tried again', () => attemptOf(gantry, taskId), patience);
}

describe('a task whose workflow fails whenever it is tried', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    const logger = new DefaultLogger('ERROR', () => {});
    const failing = await bundleWorkflowCode({
      workflowsPath: require.resolve('../support/failing-workflows'),
      logger,
    });
    await gantry.startWorker({ workflowBundle: failing });
  });
  afterAll(() => gantry.stop());

  it('for good is ended with what its workflow said', async () => {
    const { task_id, pipeline_tree } = await gantry.create(sketch({ chains: ['S a E'] }), { name: 'gives up' });
    await gantry.start(task_id);
    await gantry.db.updateTable('tasks').set({ phase: 'running' }).where('id', '=', task_id).execute();
    await expect(gantry.untilEnded(task_id)).rejects.toThrow();

    await turn(gantry.services);

    expect(await rowOf(gantry, task_id)).toMatchObject({
      ...{ phase: 'ended', status: 'REVOKED', put_aside: false, end_reason: 'it gave up' },
    });
    const { children } = await gantry.status(task_id);
    expect(children[Object.keys(pipeline_tree.activities)[0]!]!.state).toBe('REVOKED');
  });

  it('is put aside with the reason, in its node and on record, and another one can be made of its tree', async () => {
    const tree = sketch({ chains: ['S a E'], activities: { a: { code: 'bk_display' } } });
    const { task_id, pipeline_tree } = await gantry.create(tree);
    const startedAt = Date.now();
    await gantry.start(task_id);
    await gantry.db.updateTable('tasks').set({ phase: 'running' }).where('id', '=', task_id).execute();
    await untilTried(gantry, task_id);

    // However long the tries took: nothing has happened to it for so long, or for longer than it may be.
    await turn(gantry.services, startedAt);
    expect(await rowOf(gantry, task_id)).toMatchObject({ phase: 'running' });
    await turn(gantry.services, Date.now() + STILL_MS);

    const row = await rowOf(gantry, task_id);
    expect(row).toMatchObject({ phase: 'ended', status: 'REVOKED', put_aside: true });
    expect(row.end_reason).toMatch(/^put aside: its workflow was tried \d+ times .*this tree cannot be run$/);
    const root = await gantry.status(task_id);
    const [first] = Object.keys(pipeline_tree.activities) as [string];
    expect(root.state).toBe('REVOKED');
    expect(root.children[first]!.state).toBe('FAILED');
    const { data: node } = await gantry.get(`/apigw/get_task_node_data/1/${task_id}/?node_id=${first}`);
    expect(node.ex_data).toBe(row.end_reason);
    const { data: records } = await gantry.get(`/apigw/get_task_operate_record/${task_id}/1/`);
    expect(records[0].extra_info).toEqual({ action: 'put_aside', reason: row.end_reason, nodes: [first] });
    expect(await gantry.get('/readyz')).toMatchObject({ status: 'ready', put_aside: 1 });
    expect(await gantry.services.pipelines.look(task_id)).toMatchObject({ kind: 'ended', status: 'TERMINATED' });

    await gantry.stopWorker();
    await gantry.startWorker();
    const again = await gantry.post(`/apigw/clone_task/${task_id}/1/`);
    expect(again.message).toBe('success');
    await gantry.start(again.data.task_id);
    await gantry.untilState(again.data.task_id, 'FINISHED');
  }, 180_000);
});

describe('tasks whose workflow was given to workers that gave no answer', () => {
  let gantry: Gantry;
  /** Nobody polls for its tasks. */
  let resting: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    resting = await Gantry.create();
  });
  afterAll(async () => {
    await resting.stop();
    await gantry.stop();
  });

  it('are put aside one by one, so that those get on that are not to blame; no worker is no try', async () => {
    const tree = sketch({ chains: ['S a E'] });
    const { task_id: waiting } = await resting.create(tree);
    await resting.start(waiting);
    const ids = [(await gantry.create(tree)).task_id, (await gantry.create(tree)).task_id];
    for (const id of ids) await gantry.start(id);
    for (const one of [gantry, resting]) await one.db.updateTable('tasks').set({ phase: 'running' }).execute();

    const startedAt = Date.now();
    const swallowing = new AbortController();
    const swallowed = swallow(gantry, swallowing.signal);
    for (const id of ids) await untilTried(gantry, id);
    await delay(STILL_MS - (Date.now() - startedAt));
    swallowing.abort();
    await swallowed;
    // Both at one time: between two that gave no answer some time has to pass.
    const now = Date.now();
    await turn(gantry.services, now);
    await turn(gantry.services, now);
    await turn(resting.services, now);

    const rows = await Promise.all(ids.map((id) => rowOf(gantry, id)));
    expect(rows.map(({ phase }) => phase).sort()).toEqual(['ended', 'running']);
    expect(rows.find(({ phase }) => phase === 'ended')).toMatchObject({ put_aside: true, status: 'REVOKED' });
    expect(await attemptOf(resting, waiting)).toBe(1);
    expect(await rowOf(resting, waiting)).toMatchObject({ phase: 'running', put_aside: false });

    await gantry.startWorker();
    await gantry.untilState(rows.find(({ phase }) => phase === 'running')!.id, 'FINISHED', 60_000);
  }, 180_000);

  /** Takes workflow tasks and does nothing with them, as a worker that dies each time. */
  async function swallow({ client, installation }: Gantry, signal: AbortSignal): Promise<void> {
    const request = {
      namespace: client.options.namespace,
      taskQueue: { name: taskQueueOf(installation) },
      identity: 'a worker that dies',
    };
    while (!signal.aborted) {
      await client
        .withDeadline(Date.now() + 5_000, () => client.workflowService.pollWorkflowTaskQueue(request))
        .catch((error: unknown) => {
          if (!isUnreachable(error)) throw error;
        });
    }
  }
});

describe('stuck workflows', () => {
  const log = { error() {} };
  const running = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ id: index + 1, seq: 0, runId: `run ${index}`, taskAttempt: 9 }));
  function servicesWith(kind: TaskFailure['kind']) {
    const terminated: number[] = [];
    const pipelines = {
      findTaskFailure: async () => ({ kind, message: 'no', since: new Date(0) }),
      terminate: async (id: number) => void terminated.push(id),
    };
    return { services: { pipelines, log } as unknown as Services, terminated };
  }

  it('that fail at once and are many are left alone: the code is to blame', async () => {
    const { services, terminated } = servicesWith('failed');

    const { failing } = await putAside(services, running(6));

    expect(failing).toHaveLength(6);
    expect(terminated).toEqual([]);
  });

  it('that the code of the workers does not fit are left alone: another build will', async () => {
    const { services, terminated } = servicesWith('code');

    const { misfits } = await putAside(services, running(1));

    expect(misfits).toHaveLength(1);
    expect(terminated).toEqual([]);
  });
});
