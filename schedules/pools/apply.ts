import { wrongField } from '../../base/error';
import type { DbOrTransaction } from '../../db/connection';
import type { NewFlowNeed } from '../../db/flow-needs';
import { listPoolHostIds } from '../../db/pool-hosts';
import {
  type ClockedHost,
  type CronItemRecord,
  findPools,
  listClockedHosts,
  listDependencies,
  listNeeds,
  type PoolScheduleRecord,
} from '../../db/pool-schedules';
import { joinFlows, MAX_HOSTS } from '../../rollouts/flows/create';
import type { FlowCaller, FlowServices } from '../../rollouts/flows/request';
import { startUnfinished } from '../../rollouts/flows/start';
import { deployPool } from '../../rollouts/pools/deploy';
import { expandPool } from '../../rollouts/pools/expand';
import { MAX_SHRINK, shrinkPool } from '../../rollouts/pools/shrink';
import { type Need, neededHosts } from './needs';

/** Who is shown as the one who asked. */
const OPERATOR = 'crontab';

interface DueItem {
  schedule: PoolScheduleRecord;
  item: CronItemRecord;
  caller: FlowCaller;
}

/** A pool that is to have other hosts than it has. */
interface PoolChange {
  poolId: number;
  name: string;
  /** Hosts that it has by the clock: first those that are missed least. */
  there: readonly ClockedHost[];
  /** Hosts that it is to have by the clock. */
  wanted: number;
}

/**
 * Makes the flows after which a pool is as an item wants it, in the caller's transaction: hosts that it has by the clock come
 * or go until they are so many, those with which that has failed before are tried again, or the image of its service is started
 * everywhere (orion §8).
 *
 * @returns ids of the flows that are made or started again; none where there is nothing to do
 * @throws GantryError as expandPool, shrinkPool, deployPool
 */
export async function applyItem(services: FlowServices, tx: DbOrTransaction, due: DueItem): Promise<number[]> {
  const { pool_id: poolId, project_id: projectId, kind } = due.schedule;
  if (kind === 'deploy') return deployAll(services, tx, due);
  const needs = await listNeeds(tx, projectId, kind);
  const wanted = new Map([[poolId, due.item.hosts], ...neededHosts(needs, poolId, due.item.hosts)]);
  const [own, ...others] = await readChanges(tx, projectId, wanted);
  const direction = directionOf(own!);
  const again = direction < 0 ? [] : await startUnfinished(tx, due.caller, [...wanted.keys()]);
  if (direction === 0) return again;
  const changes = [own!, ...(await followersOf(tx, due, { own: own!, others }))];
  const flows = new Map<number, number>();
  // In the order in which all others lock pools.
  for (const change of changes.sort((one, other) => one.poolId - other.poolId)) {
    flows.set(change.poolId, await makeFlow(services, tx, due, change));
  }
  const whole = flows.get(poolId)!;
  const parts = [...flows.values()].filter((id) => id !== whole);
  await joinFlows(tx, whole, parts, needRows(needs, changes, flows));
  return [...flows.values(), ...again];
}

async function deployAll(
  services: FlowServices,
  tx: DbOrTransaction,
  { schedule: { pool_id: poolId, project_id: projectId }, item, caller }: DueItem,
): Promise<number[]> {
  if ((await listPoolHostIds(tx, poolId)).length === 0) return [];
  const [pool] = await findPools(tx, projectId, [poolId]);
  const batches = { maxNum: item.max_num, maxRatio: item.max_ratio };
  const request = {
    ...caller,
    poolId,
    operator: OPERATOR,
    origin: 'crontab',
    name: `${pool!.name}_upload`,
    batches,
  } as const;
  return [(await deployPool(services, request, tx)).flowId];
}

/** How pools are and are to be, in the order in which they are given. */
async function readChanges(
  tx: DbOrTransaction,
  projectId: number,
  wanted: ReadonlyMap<number, number>,
): Promise<PoolChange[]> {
  const pools = new Map((await findPools(tx, projectId, [...wanted.keys()])).map((pool) => [pool.id, pool]));
  const changes: PoolChange[] = [];
  for (const [poolId, hosts] of wanted) {
    const { name } = pools.get(poolId)!;
    changes.push({ poolId, name, there: await listClockedHosts(tx, poolId), wanted: hosts });
  }
  return changes;
}

function directionOf({ there, wanted }: PoolChange): number {
  return Math.sign(wanted - there.length);
}

/** Those of the needed pools that grow or shrink as the pool does. One that a further pool needs does not shrink. */
async function followersOf(
  tx: DbOrTransaction,
  { schedule: { project_id: projectId } }: DueItem,
  { own, others }: { own: PoolChange; others: readonly PoolChange[] },
): Promise<PoolChange[]> {
  const direction = directionOf(own);
  const following = others.filter((change) => directionOf(change) === direction);
  if (direction > 0) return following;
  const inTree = new Set([own, ...others].map(({ poolId }) => poolId));
  const shared = new Set(
    (await listDependencies(tx, projectId, 0)).filter(({ pool_id }) => !inTree.has(pool_id)).map(({ on }) => on),
  );
  return following.filter(({ poolId }) => !shared.has(poolId));
}

async function makeFlow(
  services: FlowServices,
  tx: DbOrTransaction,
  { schedule, caller }: DueItem,
  { poolId, name, there, wanted }: PoolChange,
): Promise<number> {
  const origin = poolId === schedule.pool_id ? 'crontab' : 'depend';
  const common = { ...caller, poolId, operator: OPERATOR, origin } as const;
  const num = wanted - there.length;
  if (num < 0) {
    const nodes = there.slice(0, Math.min(-num, MAX_SHRINK)).map(({ id }) => String(id));
    return (await shrinkPool(services, { ...common, name: `${name}_shrink`, nodes }, tx)).flowId;
  }
  if (num > MAX_HOSTS) {
    const message = `pool ${name} would get ${num} hosts, and ${MAX_HOSTS} are the most at once`;
    throw wrongField(message, { code: 'too_many', args: { field: 'instance_num', max: MAX_HOSTS } });
  }
  return (await expandPool(services, { ...common, name: `${name}_expand`, num, withImage: false }, tx)).flowId;
}

/** Which of the flows needs which, by the pools that they are made for. */
function needRows(
  needs: readonly Need[],
  changes: readonly PoolChange[],
  flows: ReadonlyMap<number, number>,
): NewFlowNeed[] {
  const up = new Map(changes.map(({ poolId, there }) => [poolId, there.filter(({ isUp }) => isUp).length]));
  return needs
    .filter(({ pool_id, on }) => flows.has(pool_id) && flows.has(on))
    .map(({ pool_id, on, ratio, step_name }) => ({
      flow_id: flows.get(pool_id)!,
      needed_id: flows.get(on)!,
      ...{ ratio, step_name, own: up.get(pool_id)!, there: up.get(on)! },
    }));
}
