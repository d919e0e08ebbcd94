import { KEPT } from '../access/rights';
import type { Actor } from '../base/actor';
import { Rounds } from '../base/rounds';
import { findProject } from '../db/access';
import { isDatabasesFault } from '../db/errors';
import { countBatches } from '../db/flow-batches';
import { listFlowNeeds } from '../db/flow-needs';
import { type FlowRecord, giveTask, listFlowSteps, listWithParts } from '../db/flows';
import { listDue, listUnstarted, takePools } from '../db/pool-locks';
import { createTask } from '../tasks/create';
import { startUnlessStarted } from '../tasks/start-unless-started';
import { prepareTree } from '../trees/prepare';
import type { FlowServices } from './flows/request';
import { giveUp, isPermanent } from './give-up';
import { stagesOf } from './stages';
import { type FlowLoop, nodesOfFlows, treeOfGroup } from './tree';

/** Flows that are looked at in one go. */
const MOST = 20;
/** Rounds of the loop beyond one a batch: hosts may be tried again one by one. */
const SPARE_ROUNDS = 50;
/** Rounds in which a flow that cannot be started is tried, where it is not plain that it never can: one minute. */
export const MOST_FAILURES = 12;

/** How often flows could not be started, by their ids. */
export type StartFailures = Map<number, number>;

/** A pool, or a flow, was taken by somebody else meanwhile. */
class NotFree extends Error {}

/**
 * Gives those flows that are first in their lines their pools and a task, in the order in which they came, and starts them.
 * Whoever dies in between leaves nothing that the next one does not find: the pool, the task and the flow are one transaction,
 * and a task that nobody has started is started by whoever looks next. What is refused for good fails.
 *
 * @param failures of earlier rounds, which are counted there: too many fail the flow too
 */
export async function startDue(services: FlowServices, failures: StartFailures = new Map()): Promise<void> {
  const due = await listDue(services.db, MOST);
  for (const flow of due) await tryOne(services, flow, failures, () => makeTask(services, flow.id));
  for (const flow of await listUnstarted(services.db, MOST)) {
    await tryOne(services, flow, failures, async () => {
      const project = (await findProject(services.db, flow.project_id))!;
      await startUnlessStarted(services, flow.task_id!, project, { actor: actorOf(flow), isPaused: false });
    });
  }
}

/** Looks again and again whose turn it is; in every API process, and that several do so does no harm. */
export class FlowQueue extends Rounds {
  readonly #failures: StartFailures = new Map();

  constructor(private readonly services: FlowServices) {
    super(services.log, 'starting rollouts');
  }

  protected round(): Promise<void> {
    return startDue(this.services, this.#failures);
  }
}

/** One that cannot be started does not keep others from it. */
async function tryOne(
  services: FlowServices,
  flow: { id: number; project_id: number },
  failures: StartFailures,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
    failures.delete(flow.id);
  } catch (error) {
    if (error instanceof NotFree) return;
    services.log.error({ flowId: flow.id, error }, 'a rollout could not be started');
    // That says nothing of the flow.
    if (isDatabasesFault(error)) return;
    const count = (failures.get(flow.id) ?? 0) + 1;
    failures.set(flow.id, count);
    if (!isPermanent(error) && count < MOST_FAILURES) return;
    failures.delete(flow.id);
    await giveUp(services, flow, error);
  }
}

/** @throws NotFree */
async function makeTask({ db }: FlowServices, flowId: number): Promise<void> {
  const flows = await listWithParts(db, flowId);
  const whole = flows[0];
  if (!whole || whole.id !== flowId) throw new NotFree();
  const project = (await findProject(db, whole.project_id))!;
  const needs = await listFlowNeeds(
    db,
    flows.map(({ id }) => id),
  );
  const stages = stagesOf(flows, needs).map((stage) => Promise.all(stage.map((flow) => loopOf(db, flow, needs))));
  const batches = await Promise.all(flows.map(({ id }) => countBatches(db, id)));
  const rounds = Math.max(...batches.map((counts) => Object.values(counts).reduce((sum, count) => sum + count, 0)));
  const prepared = prepareTree(treeOfGroup({ stages: await Promise.all(stages) }), {
    place: project.id,
    rights: KEPT,
    rerunLimit: rounds + SPARE_ROUNDS,
  });
  const nodes = nodesOfFlows(prepared.tree);
  await createTask(db, {
    project,
    name: whole.name,
    prepared,
    createMethod: 'rollout',
    createInfo: String(whole.id),
    actor: actorOf(whole),
    async alongside(tx, taskId) {
      const own = flows.map(({ id }) => ({ flowId: id, ...nodes.get(id)! }));
      if (!(await giveTask(tx, taskId, own))) throw new NotFree();
      const pools = flows.flatMap(({ id, pool_id }) => (pool_id === null ? [] : { flowId: id, poolId: pool_id }));
      if (!(await takePools(tx, taskId, pools))) throw new NotFree();
    },
  });
}

async function loopOf(
  db: FlowServices['db'],
  flow: FlowRecord,
  needs: readonly { flow_id: number }[],
): Promise<FlowLoop & { poolName: string }> {
  const steps = (await listFlowSteps(db, flow.id)).map(({ name }) => name);
  const { id: flowId, is_auto: isAuto, soak_seconds: soakSeconds, pool_name: poolName } = flow;
  const isNeedy = flow.kind === 'expand' && needs.some(({ flow_id }) => flow_id === flowId);
  return { flowId, steps, isAuto, soakSeconds, isNeedy, poolName };
}

function actorOf({ username, app_code: appCode }: Pick<FlowRecord, 'username' | 'app_code'>): Actor {
  return { username, appCode, source: 'rollout' };
}
