import type { Actor } from '../../base/actor';
import { GantryError } from '../../base/error';
import type { Db, DbOrTransaction } from '../../db/connection';
import { listModuleHostIds } from '../../db/module-hosts';
import { findModules } from '../../db/modules';
import { addModuleHosts, listPoolHostIds, lockPoolsOf } from '../../db/pool-hosts';
import { findDependent } from '../../db/pool-schedules';
import {
  deletePool,
  findFlowOfPool,
  insertPool,
  lockPool,
  type PoolChanges,
  type PoolRecord,
  updatePool,
} from '../../db/pools';
import { keepService } from '../../db/services';
import { transact } from '../../db/transaction';
import { enterBusiness } from '../businesses/lock';
import { auditChanges } from '../changes';
import { duplicateOf, type UniqueKeys } from '../duplicates';
import type { InventoryPlace } from '../place';
import { requireOwnProfile } from '../ssh/profiles';
import { noSuch as noSuchPlace, requireOrdinary } from '../topology/refusals';
import { noSuch, requireUnused } from './refusals';
import { requireRoom } from './room';

const UNIQUE: UniqueKeys = {
  what: 'pool',
  within: 'project',
  keys: { pools_project_id_name_key: ['project_id', 'name'], pools_module_id_key: ['module_id'] },
};

/** What is said of a new pool. */
export type PoolValues = PoolChanges & { name: string; service_id: number };

/**
 * Makes a pool of a service; one that names a module has its hosts.
 *
 * @throws GantryError `invalid` for a name that another one has, or a module that another one names; `not_found` for the
 *   service, the module or the profile; `wrong_state` for a module with a host that is in another pool
 */
export async function createPool(db: Db, place: InventoryPlace, given: PoolValues, actor: Actor): Promise<PoolRecord> {
  return transact(db, async (tx) => {
    await enterBusiness(tx, place);
    await requireRoom(tx, place, 'pools');
    if (!(await keepService(tx, place.projectId, given.service_id))) throw noSuch('service', given.service_id);
    await requireNamed(tx, place, given);
    const after = await insertPool(tx, { ...given, project_id: place.projectId });
    await takeModuleHosts(tx, after);
    await auditChanges(tx, place, actor, { what: 'pool', action: 'create', changes: [{ after }] });
    return after;
  }).catch((error: unknown) => {
    throw duplicateOf(error, UNIQUE, 'create') ?? error;
  });
}

/**
 * Changes what is said of a pool. One that names no module any more keeps its hosts; one that names another has to have no
 * hosts but those of that module.
 *
 * @throws GantryError `not_found` for it; `wrong_state` for a module, while hosts are in it that are not in the module, or a
 *   rollout is under way; as createPool
 */
export async function changePool(
  db: Db,
  place: InventoryPlace,
  { id, ...changes }: PoolChanges & { id: number },
  actor: Actor,
): Promise<void> {
  await transact(db, async (tx) => {
    await enterBusiness(tx, place);
    const before = await lockPool(tx, place.projectId, id);
    if (!before) throw noSuch('pool', id);
    await requireNamed(tx, place, changes);
    const isMoved = changes.module_id !== undefined && changes.module_id !== before.module_id;
    if (isMoved) await requireOnlyHostsOf(tx, before, changes.module_id!);
    const after = await updatePool(tx, id, changes);
    if (isMoved) await takeModuleHosts(tx, after);
    await auditChanges(tx, place, actor, { what: 'pool', action: 'update', changes: [{ before, after }] });
  }).catch((error: unknown) => {
    throw duplicateOf(error, UNIQUE, 'update') ?? error;
  });
}

/** @throws GantryError `not_found`; `wrong_state` for one that has hosts, or flows that are under way or wait for it */
export async function removePool(db: Db, place: InventoryPlace, id: number, actor: Actor): Promise<void> {
  await transact(db, async (tx) => {
    await enterBusiness(tx, place);
    const before = await lockPool(tx, place.projectId, id);
    if (!before) throw noSuch('pool', id);
    const hosts = (await listPoolHostIds(tx, id)).length;
    requireUnused('pool', before, hosts === 0 ? undefined : `it has ${hosts} hosts`);
    const flow = await findFlowOfPool(tx, id);
    if (flow) throw new GantryError('wrong_state', `flow ${flow.id} (${flow.name}) needs pool ${id}: stop it first`);
    const dependent = await findDependent(tx, id);
    if (dependent) {
      const needs = `pool ${dependent.id} (${dependent.name}) depends on pool ${id} by a saved task`;
      throw new GantryError('wrong_state', `${needs}: change that first`);
    }
    await deletePool(tx, id);
    await auditChanges(tx, place, actor, { what: 'pool', action: 'delete', changes: [{ before }] });
  });
}

async function requireNamed(
  tx: DbOrTransaction,
  place: InventoryPlace,
  { module_id, ssh_profile_id }: Pick<PoolChanges, 'module_id' | 'ssh_profile_id'>,
): Promise<void> {
  if (module_id != null) {
    const [module] = await findModules(tx, place.businessId, [module_id]);
    if (!module) throw noSuchPlace('module', module_id);
    requireOrdinary('module', module);
  }
  await requireOwnProfile(tx, place.projectId, ssh_profile_id);
}

async function requireOnlyHostsOf(tx: DbOrTransaction, pool: PoolRecord, moduleId: number | null): Promise<void> {
  const flow = await findFlowOfPool(tx, pool.id);
  requireUnused('pool', pool, flow && `flow ${flow.id} (${flow.name}) is under way or waits for it`);
  if (moduleId === null) return;
  const there = new Set(await listModuleHostIds(tx, moduleId));
  const other = (await listPoolHostIds(tx, pool.id)).find((id) => !there.has(id));
  const by = `host ${other} is in it and not in module ${moduleId}: take it out first`;
  requireUnused('pool', pool, other === undefined ? undefined : by);
}

/** The module's hosts are the pool's from now on. */
async function takeModuleHosts(tx: DbOrTransaction, pool: PoolRecord): Promise<void> {
  if (pool.module_id === null) return;
  const others = await lockPoolsOf(tx, await listModuleHostIds(tx, pool.module_id));
  const other = [...others.values()].find(({ pool_id }) => pool_id !== pool.id);
  if (other) {
    const by = `host ${other.host_id} of module ${pool.module_id} is in pool ${other.pool_id} (${other.pool_name})`;
    requireUnused('pool', pool, `${by}, and a host is in one pool at most`);
  }
  await addModuleHosts(tx, pool.id);
}
