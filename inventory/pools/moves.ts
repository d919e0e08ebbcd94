import { GantryError } from '../../base/error';
import type { DbOrTransaction } from '../../db/connection';
import { type HostInPool, lockPoolsOf } from '../../db/pool-hosts';
import { listPoolsOfModules } from '../../db/pools';

/** A move of hosts between modules. */
export interface ModuleMove {
  hostIds: readonly number[];
  moduleIds: readonly number[];
  /** They stay in the modules that they are in. */
  isIncrement: boolean;
  /** The rollout that moves them: that it is under way is no hindrance. */
  flowId?: number | undefined;
}

interface Target {
  id: number;
  name: string;
}

/**
 * Sees to it that a move of hosts between modules puts none into a second pool, and takes none out of a pool in which a
 * rollout is under way: pools that name a module have its hosts. The hosts' pools stay locked until the transaction ends.
 *
 * @throws GantryError `wrong_state` naming the host with both pools, or with its pool and the rollout
 */
export async function requirePoolsAllow(tx: DbOrTransaction, move: ModuleMove): Promise<void> {
  const targets = await listPoolsOfModules(tx, move.moduleIds);
  const pools = await lockPoolsOf(tx, move.hostIds);
  for (const hostId of move.hostIds) requireAllowed(hostId, pools.get(hostId), targets, move);
}

function requireAllowed(
  hostId: number,
  now: HostInPool | undefined,
  targets: readonly Target[],
  { moduleIds, isIncrement, flowId }: ModuleMove,
): void {
  const stays = now !== undefined && (now.module_id === null || isIncrement || moduleIds.includes(now.module_id));
  if (now && !stays) requireUnlocked(now, flowId);
  const kept = stays ? [{ id: now.pool_id, name: now.pool_name }] : [];
  const [one, other] = [...kept, ...targets.filter(({ id }) => id !== kept[0]?.id)];
  if (one && other) throw secondPool(hostId, one, other);
}

/**
 * Sees to it that hosts may leave the pools that they are in, whatever these are; they stay locked until the transaction
 * ends.
 *
 * @throws GantryError `wrong_state` naming the host, its pool and the rollout
 */
export async function requireLeavable(
  tx: DbOrTransaction,
  hostIds: readonly number[],
  flowId?: number,
): Promise<Map<number, HostInPool>> {
  const pools = await lockPoolsOf(tx, hostIds);
  for (const pool of pools.values()) requireUnlocked(pool, flowId);
  return pools;
}

function requireUnlocked({ host_id, pool_id, pool_name, flow_id }: HostInPool, flowId: number | undefined): void {
  if (flow_id === null || flow_id === flowId) return;
  const by = `flow ${flow_id} is under way in pool ${pool_id} (${pool_name})`;
  throw new GantryError('wrong_state', `host ${host_id} cannot leave: ${by}; wait for its end, or stop it`, {
    reason: { code: 'in_use', args: { what: 'host', id: host_id, by } },
  });
}

function secondPool(hostId: number, one: Target, other: Target): GantryError {
  const by = `pool ${one.id} (${one.name})`;
  const message = `host ${hostId} cannot be in ${by} and in pool ${other.id} (${other.name}): a host is in one pool at most`;
  return new GantryError('wrong_state', message, {
    reason: { code: 'in_use', args: { what: 'host', id: hostId, by } },
  });
}
