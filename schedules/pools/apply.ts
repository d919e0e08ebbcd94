import type { DbOrTransaction } from '../../db/connection';
import { listPoolHostIds } from '../../db/pool-hosts';
import { type CronItemRecord, findPools, listClockedHostIds, type PoolScheduleRecord } from '../../db/pool-schedules';
import type { FlowCaller, FlowServices } from '../../rollouts/flows/request';
import { deployPool } from '../../rollouts/pools/deploy';
import { expandPool, MAX_EXPAND } from '../../rollouts/pools/expand';
import { MAX_SHRINK, shrinkPool } from '../../rollouts/pools/shrink';

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
    const hosts = (await listPoolHostIds(tx, poolId)).length;
    if (hosts === 0) return [];
    const batches = { maxNum: atOnce(hosts, item) };
    return [(await deployPool(services, { ...common, name: `${pool!.name}_upload`, batches }, tx)).flowId];
  }
  const there = await listClockedHostIds(tx, poolId);
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
  return flows;
}

/** Hosts that a deploy is at at once: no more than either bound says, and one at least. */
export function atOnce(hosts: number, { max_num, max_ratio }: Pick<CronItemRecord, 'max_num' | 'max_ratio'>): number {
  return Math.max(1, Math.min(max_num, Math.floor((hosts * max_ratio) / 100)));
}
