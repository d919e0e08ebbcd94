import type { DbOrTransaction } from '../../db/connection';
import { listPoolHostIds } from '../../db/pool-hosts';
import {
  type CronItemRecord,
  findPools,
  listClockedHostIds,
  listDependencies,
  listNeeds,
  type PoolScheduleRecord,
} from '../../db/pool-schedules';
import { joinFlows } from '../../rollouts/flows/create';
import type { FlowCaller, FlowServices } from '../../rollouts/flows/request';
import { deployPool } from '../../rollouts/pools/deploy';
import { expandPool, MAX_EXPAND } from '../../rollouts/pools/expand';
import { MAX_SHRINK, shrinkPool } from '../../rollouts/pools/shrink';
import { neededHosts } from './needs';

/** Who is shown as the one who asked. */
const OPERATOR = 'crontab';

interface DueItem {
  schedule: PoolScheduleRecord;
  item: CronItemRecord;
  caller: FlowCaller;
}

/**
 * Makes the flows after which a pool is as an item wants it, in the caller's transaction: hosts that it has by the clock come
 * or go until they are so many, or the image of its service is started everywhere (orion §8).
 *
 * @returns ids of the flows; none where there is nothing to do
 * @throws GantryError as expandPool, shrinkPool, deployPool
 */
export async function applyItem(
  services: FlowServices,
  tx: DbOrTransaction,
  { schedule, item, caller }: DueItem,
): Promise<number[]> {
  const { pool_id: poolId, project_id: projectId, kind } = schedule;
  const [pool] = await findPools(tx, projectId, [poolId]);
  const common = { ...caller, poolId, operator: OPERATOR, origin: 'crontab' } as const;
  if (kind === 'deploy') {
    if ((await listPoolHostIds(tx, poolId)).length === 0) return [];
    const batches = { maxNum: item.max_num, maxRatio: item.max_ratio };
    return [(await deployPool(services, { ...common, name: `${pool!.name}_upload`, batches }, tx)).flowId];
  }
  const there = await listClockedHostIds(tx, poolId);
  const parts = await makeParts(services, tx, { schedule, item, caller }, Math.sign(item.hosts - there.length));
  const flows: number[] = [];
  for (let missing = item.hosts - there.length; missing > 0; missing -= MAX_EXPAND) {
    const request = { ...common, name: `${pool!.name}_expand`, num: Math.min(missing, MAX_EXPAND), withImage: false };
    flows.push((await expandPool(services, request, tx)).flowId);
  }
  const surplus = there.slice(0, Math.min(MAX_SHRINK, Math.max(0, there.length - item.hosts)));
  if (surplus.length > 0) {
    const request = { ...common, name: `${pool!.name}_shrink`, nodes: surplus.map(String) };
    flows.push((await shrinkPool(services, request, tx)).flowId);
  }
  if (flows.length > 0) await joinFlows(tx, flows[0]!, parts);
  return [...flows, ...parts];
}

/**
 * Makes flows for the pools that a pool needs, where they are to grow or shrink as it does. One that a further pool needs does
 * not shrink.
 */
async function makeParts(
  services: FlowServices,
  tx: DbOrTransaction,
  { schedule: { project_id, pool_id, kind }, item, caller }: DueItem,
  direction: number,
): Promise<number[]> {
  const needs = await listNeeds(tx, project_id, kind);
  const needed = neededHosts(needs, pool_id, item.hosts);
  const inTree = (id: number) => id === pool_id || needed.has(id);
  const all = await listDependencies(tx, project_id, 0);
  const parts: number[] = [];
  for (const { id: poolId, name } of await findPools(tx, project_id, [...needed.keys()])) {
    const there = await listClockedHostIds(tx, poolId);
    const missing = needed.get(poolId)! - there.length;
    const common = { ...caller, poolId, operator: OPERATOR, origin: 'depend' } as const;
    if (direction > 0 && missing > 0) {
      const request = { ...common, name: `${name}_expand`, num: missing, withImage: false };
      parts.push((await expandPool(services, request, tx)).flowId);
    }
    const isShared = all.some((one) => one.on === poolId && !inTree(one.pool_id));
    if (direction < 0 && missing < 0 && !isShared) {
      const request = { ...common, name: `${name}_shrink`, nodes: there.slice(0, -missing).map(String) };
      parts.push((await shrinkPool(services, request, tx)).flowId);
    }
  }
  return parts;
}
