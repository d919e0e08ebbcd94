import type { Actor } from '../../base/actor';
import { GantryError } from '../../base/error';
import { findProjectBusiness } from '../../db/businesses';
import type { DbOrTransaction } from '../../db/connection';
import { isDuplicate } from '../../db/errors';
import { type HostRecord, insertHosts, lockHosts, updateHosts } from '../../db/hosts';
import { addToModules } from '../../db/module-hosts';
import { removeFromPools } from '../../db/pool-hosts';
import { findPoolPlace, lockSpares, type ProvidedRow, putIntoPool } from '../../db/provided-hosts';
import { enterBusiness, noSuchBusiness } from '../businesses/lock';
import { auditChanges } from '../changes';
import type { InventoryPlace } from '../place';
import { requireLeavable } from '../pools/moves';
import { forgetHosts } from './change';
import { moveHosts, ownModule } from './transfer';

/** A pool that gets hosts. */
export interface FillingPool {
  id: number;
  /** Its hosts are that module's; null: it has its own. */
  moduleId: number | null;
}

/** Where the hosts of a project are. */
export async function placeOfProject(tx: DbOrTransaction, projectId: number): Promise<InventoryPlace> {
  const business = await findProjectBusiness(tx, projectId);
  if (!business) throw noSuchBusiness(projectId);
  return { businessId: business.id, projectId, account: business.supplier_account };
}

/**
 * Makes hosts of a pool that are not there yet: their addresses are known when a provider has made them. Call it in a
 * transaction.
 *
 * @param nodeType who has asked for them: `manual`, `crontab`
 * @returns their ids
 */
export async function makeComingHosts(
  tx: DbOrTransaction,
  place: InventoryPlace,
  { pool, count, nodeType }: { pool: FillingPool; count: number; nodeType: string },
  actor: Actor,
): Promise<number[]> {
  await enterBusiness(tx, place);
  const module = pool.moduleId ?? (await ownModule(tx, place, 'idle')).id;
  const wanted = Array.from({ length: count }, () => ({ address: null, cloud_id: 0 }));
  const made = await insertHosts(tx, place, wanted);
  const ids = made.map(({ id }) => id).sort((a, b) => a - b);
  await addToModules(tx, ids, [module]);
  await putIntoPool(tx, { poolId: pool.id, nodeType }, ids);
  const changes = made.map((host) => ({ after: { ...host, modules: [module], pool: pool.id } }));
  await auditChanges(tx, place, actor, { what: 'host', action: 'create', changes });
  return ids;
}

/**
 * Writes what a provider says of a host that it has made. Call it in a transaction.
 *
 * @throws GantryError `invalid` where another host has the address
 */
export async function describeProvided(
  tx: DbOrTransaction,
  { projectId }: { projectId: number },
  id: number,
  said: { vm_id?: string; provider?: string; address?: string },
  actor: Actor,
): Promise<void> {
  const [before] = await lockHosts(tx, { projectId }, [id]);
  if (!before) throw new GantryError('not_found', `host ${id} is not in the inventory any more`);
  const name = said.address !== undefined && before.name === '' ? { name: said.address } : {};
  try {
    const [after] = await updateHosts(tx, [id], { ...said, ...name });
    await auditChanges(tx, { projectId }, actor, {
      what: 'host',
      action: 'update',
      changes: [{ before, after: after! }],
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new GantryError('invalid', `the address ${said.address} is that of another host`);
  }
}

/**
 * Takes spare hosts of a project, which have a tag and are in no pool: fewer than wanted where there are not so many. They are
 * spare until they are put somewhere, in this transaction.
 */
export async function takeSpares(
  tx: DbOrTransaction,
  { projectId, tag, count }: { projectId: number; tag: string; count: number },
): Promise<ProvidedRow[]> {
  await enterBusiness(tx, await placeOfProject(tx, projectId));
  return lockSpares(tx, { projectId, tag, limit: count });
}

/** A host that was to come, the one that has come, and the rollout that has it come. */
interface ReplacedHost {
  /** Null: it has gone already. */
  placeholder: number | null;
  spare: number;
  provider: string;
  flowId: number;
}

/**
 * Has a spare host come in the place of one that was not there yet, which goes. Call it in a transaction.
 *
 * @throws GantryError `not_found` where that has gone already
 */
export async function putSpareInPlace(
  tx: DbOrTransaction,
  place: InventoryPlace,
  { placeholder, spare, provider, flowId }: ReplacedHost,
  actor: Actor,
): Promise<void> {
  const at = placeholder === null ? undefined : await findPoolPlace(tx, placeholder);
  if (placeholder === null || !at) throw new GantryError('not_found', 'the host was taken out of its pool meanwhile');
  if (at.module_id !== null) {
    await moveHosts(tx, place, { hostIds: [spare], moduleIds: [at.module_id], isIncrement: true }, actor);
  }
  await putIntoPool(tx, { poolId: at.pool_id, nodeType: at.node_type }, [spare]);
  await describeProvided(tx, place, spare, { vm_id: String(spare), provider }, actor);
  await forgetHosts(tx, place, [placeholder], actor, flowId);
}

/**
 * Gives hosts back to where spare ones are: out of their pool, and idle where that is a module. Call it in a transaction.
 *
 * @param flowId the rollout that does it, which has their pool
 */
export async function freeSpares(
  tx: DbOrTransaction,
  place: InventoryPlace,
  { hostIds, flowId }: { hostIds: readonly number[]; flowId: number },
  actor: Actor,
): Promise<void> {
  await enterBusiness(tx, place);
  const before = await lockHosts(tx, { projectId: place.projectId }, hostIds);
  for (const { id } of before) {
    const at = await findPoolPlace(tx, id);
    if (at?.module_id == null) continue;
    const idle = await ownModule(tx, place, 'idle');
    await moveHosts(tx, place, { hostIds: [id], moduleIds: [idle.id], isIncrement: false, flowId }, actor);
  }
  const ids = before.map(({ id }) => id);
  await requireLeavable(tx, ids, flowId);
  await removeFromPools(tx, ids);
  const after = new Map((await updateHosts(tx, ids, { vm_id: '', provider: '' })).map((host) => [host.id, host]));
  const changes = before.map((host) => ({ before: host, after: after.get(host.id)! }));
  await auditChanges<HostRecord>(tx, place, actor, { what: 'host', action: 'update', changes });
}

/**
 * Deletes hosts whose machines are gone, those that there still are. Call it in a transaction.
 *
 * @param flowId the rollout that does it, which has their pool
 * @throws GantryError `wrong_state` for one over which others are reached
 */
export async function dropProvided(
  tx: DbOrTransaction,
  place: InventoryPlace,
  { hostIds, flowId }: { hostIds: readonly number[]; flowId: number },
  actor: Actor,
): Promise<void> {
  const there = await lockHosts(tx, place, hostIds);
  await forgetHosts(
    tx,
    place,
    there.map(({ id }) => id),
    actor,
    flowId,
  );
}
