import type { Actor } from '../../base/actor';
import { GantryError } from '../../base/error';
import type { Db, DbOrTransaction } from '../../db/connection';
import { lockHosts } from '../../db/hosts';
import { listModulesOf } from '../../db/module-hosts';
import { findKnownHosts, type HostInPool, listAddressedInPool, removeFromPools } from '../../db/pool-hosts';
import { lockPool, type PoolRecord } from '../../db/pools';
import { transact } from '../../db/transaction';
import { enterBusiness } from '../businesses/lock';
import { auditChanges } from '../changes';
import { forgetHosts } from '../hosts/change';
import { requireFewHosts } from '../hosts/limits';
import { moveHosts, ownModule } from '../hosts/transfer';
import { canonicalAddress } from '../ip-text/address';
import type { InventoryPlace } from '../place';
import { requireLeavable } from './moves';
import { noSuch } from './refusals';

/** A host as a client names it: by its id, or by its address. */
export type HostName = number | string;

/**
 * Takes hosts out of a pool, all of them or none (orion §1.3). Those of a pool that names a module leave the module, and are
 * idle where they were in no other; of another pool those are deleted that nobody but the pool has ever said anything of.
 *
 * @throws GantryError `not_found` for the pool, and for a host that is not in it; `wrong_state` while a rollout is under way
 */
export async function removeHostsFromPool(
  db: Db,
  place: InventoryPlace,
  { poolId, names }: { poolId: number; names: readonly HostName[] },
  actor: Actor,
): Promise<void> {
  requireFewHosts(names.length, 'nodes');
  await transact(db, async (tx) => {
    await enterBusiness(tx, place);
    const pool = await lockPool(tx, place.projectId, poolId);
    if (!pool) throw noSuch('pool', poolId);
    const ids = await idsOf(tx, poolId, names);
    await lockHosts(tx, place, ids);
    const pools = await requireLeavable(tx, ids);
    if (pool.module_id === null) await leave(tx, place, [...pools.values()], actor);
    else await leaveModule(tx, place, { moduleId: pool.module_id, ids }, actor);
    await auditRemoval(tx, place, { pool, ids }, actor);
  });
}

async function idsOf(tx: DbOrTransaction, poolId: number, names: readonly HostName[]): Promise<number[]> {
  const addresses = names.filter((name) => typeof name === 'string').map((name) => canonicalAddress(name) ?? name);
  const numbers = names.filter((name) => typeof name === 'number');
  const found = await listAddressedInPool(tx, poolId, { ids: numbers, addresses });
  const byId = new Set(found.map(({ id }) => id));
  const byAddress = new Map(found.map(({ id, address }) => [address, id]));
  const ids = names.map((name) => {
    const id = typeof name === 'number' ? name : byAddress.get(canonicalAddress(name) ?? name);
    if (id !== undefined && byId.has(id)) return id;
    throw notInPool(name, poolId);
  });
  return [...new Set(ids)];
}

function notInPool(name: HostName, poolId: number): GantryError {
  return new GantryError('not_found', `host ${String(name).slice(0, 100)} is not in pool ${poolId}`, {
    reason: { code: 'not_found', args: { what: 'host', id: name } },
  });
}

async function leave(
  tx: DbOrTransaction,
  place: InventoryPlace,
  hosts: readonly HostInPool[],
  actor: Actor,
): Promise<void> {
  const made = hosts.filter(({ is_made }) => is_made).map(({ host_id }) => host_id);
  const known = await findKnownHosts(tx, made);
  await removeFromPools(
    tx,
    hosts.map(({ host_id }) => host_id),
  );
  await forgetHosts(
    tx,
    place,
    made.filter((id) => !known.has(id)),
    actor,
  );
}

/** Each keeps the other modules that it is in. */
async function leaveModule(
  tx: DbOrTransaction,
  place: InventoryPlace,
  { moduleId, ids }: { moduleId: number; ids: readonly number[] },
  actor: Actor,
): Promise<void> {
  const { id: idle } = await ownModule(tx, place, 'idle');
  const modules = await listModulesOf(tx, ids);
  const byRest = new Map<string, { hostIds: number[]; moduleIds: number[] }>();
  for (const id of ids) {
    const others = (modules.get(id) ?? []).filter((other) => other !== moduleId);
    const moduleIds = others.length > 0 ? others : [idle];
    const same = byRest.get(String(moduleIds));
    if (same) same.hostIds.push(id);
    else byRest.set(String(moduleIds), { hostIds: [id], moduleIds });
  }
  for (const move of byRest.values()) await moveHosts(tx, place, { ...move, isIncrement: false }, actor);
}

async function auditRemoval(
  tx: DbOrTransaction,
  place: InventoryPlace,
  { pool: { id }, ids }: { pool: PoolRecord; ids: readonly number[] },
  actor: Actor,
): Promise<void> {
  const changes = [{ before: { id, removed: ids }, after: { id } }];
  await auditChanges(tx, place, actor, { what: 'pool', action: 'remove_nodes', changes });
}
