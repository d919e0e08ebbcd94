import './own-plugins';
import { countsOfRuns } from '../../bench/counts';
import { workflowIdOf } from '../../temporal/names';
import { Rollouts, remote } from '../support/flows';
import { SimulatedWorld } from './simulated-world';

const STEPS = 5;
/** A step over the hosts of a batch is one activity; to open and to close a batch is a marker each. */
const MARKERS_A_BATCH = 2;
/** Of a node that is an activity: it is scheduled, started and completed, and so is the workflow task that follows. */
const EVENTS_A_STEP = 6;
const EVENTS_A_MARKER = 4;
const EVENTS_BESIDE = 10;
/** What 1,000 hosts in ten batches may take: a batch of four has as many events as one of a hundred (`HOSTS_A_PART`). */
const MAX_EVENTS = 1_000;
const WITHIN_MS = 150_000;

describe('a rollout over simulated hosts', () => {
  let world: SimulatedWorld;
  let rollouts: Rollouts;
  let hostIds: number[];

  beforeAll(async () => {
    world = await SimulatedWorld.open();
    rollouts = await Rollouts.in(world.gantry, 1);
    await world.hosts('rollouts', 40);
    const hosts = await world.gantry.db.selectFrom('hosts').select('id').orderBy('id').execute();
    hostIds = hosts.map(({ id }) => id);
    await rollouts.pool(hostIds);
  });

  afterAll(() => world?.close());

  it.each([
    [2, 20],
    [10, 4],
  ])('in %i batches of %i runs every script once, by an activity a step of a batch', async (batches, maxNum) => {
    const taskId = await run(STEPS, maxNum);

    const runs = await world.gantry.db
      .selectFrom('host_runs')
      .innerJoin('host_steps', 'host_steps.id', 'step_id')
      .select(['host_id', 'flow_step', 'status', 'host_try'])
      .where('task_id', '=', taskId)
      .execute();
    expect(runs).toHaveLength(hostIds.length * STEPS);
    expect(new Set(runs.map(({ host_id, flow_step }) => `${host_id} ${flow_step}`)).size).toBe(runs.length);
    expect(runs.every(({ status, host_try }) => status === 'ok' && host_try === 1)).toBe(true);
    const counts = await countsOf(taskId);
    expect(counts.activities).toBe(batches * STEPS);
    expect(counts.events).toBeLessThan(MAX_EVENTS);
    expect(counts.events).toBeLessThanOrEqual(
      batches * (STEPS * EVENTS_A_STEP + MARKERS_A_BATCH * EVENTS_A_MARKER) + EVENTS_BESIDE,
    );
  });

  it('has the same tree in many batches as in few, and says how it stands in as many bytes', async () => {
    const few = await sizesOf(await run(1, 20));
    const many = await sizesOf(await run(1, 4));

    expect(many.tree).toBe(few.tree);
    // Ids, times and seconds may have a digit more.
    expect(Math.abs(many.status - few.status)).toBeLessThan(100);
  });

  /** Runs a rollout of so many steps to the end; its task. */
  async function run(steps: number, maxNum: number): Promise<number> {
    const todo = Array.from({ length: steps }, (_, n) => remote(`step ${n}`, 'echo'));
    const flowId = await rollouts.run(todo, hostIds, { batches: { maxNum } });
    const { flow } = await rollouts.untilState(flowId, 2, WITHIN_MS);
    await rollouts.untilEnded(flowId);
    return flow.task_id!;
  }

  async function countsOf(taskId: number) {
    const { client, installation } = world.gantry;
    const runs = await countsOfRuns(client, workflowIdOf(installation, taskId));
    const sum = (of: (run: (typeof runs)[number]) => number) => runs.reduce((total, run) => total + of(run), 0);
    return { activities: sum((run) => run.activities), events: sum((run) => run.events) };
  }

  /** Characters of the tree of a task, and of what is said of how it stands. */
  async function sizesOf(taskId: number) {
    const { db } = world.gantry;
    const { tree } = await db
      .selectFrom('task_trees')
      .select('tree')
      .where('task_id', '=', taskId)
      .executeTakeFirstOrThrow();
    const status = await world.gantry.get(`/apigw/get_task_status/${taskId}/1/?scope=project`);
    return { tree: JSON.stringify(tree).length, status: JSON.stringify(status).length };
  }
});
