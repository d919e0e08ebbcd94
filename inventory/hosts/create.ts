import type { Actor } from '../../base/actor';
import type { DbOrTransaction } from '../../db/connection';
import { addTags, setVariables } from '../../db/host-labels';
import { findHostsByKey, type HostKey, insertHosts, updateHosts } from '../../db/hosts';
import { addToModules } from '../../db/module-hosts';
import { enterBusiness } from '../businesses/lock';
import { auditChanges } from '../changes';
import type { InventoryPlace } from '../place';
import { requireOwnProfile } from '../ssh/profiles';
import { type GivenHost, requireCloud, requireGood } from './given';
import { isThere, notAvailable } from './taken';
import { ownModule, requireModules } from './transfer';

/** A host to be made. */
export interface NewHost extends HostKey, GivenHost {
  /** Default: that of idle hosts. */
  moduleIds?: readonly number[] | undefined;
}

/**
 * Makes a host of a project. Call it in a transaction, and that in `tracingTaken`.
 *
 * @param host its address as `canonicalAddress` writes it; without a name it is called by that
 * @returns its id
 * @throws GantryError `invalid` for what is wrong with it, and where there is such a host already; `not_found` for a
 *   module or a profile
 */
export async function createHost(
  tx: DbOrTransaction,
  place: InventoryPlace,
  { moduleIds, ...host }: NewHost,
  actor: Actor,
): Promise<number> {
  const { address, cloud_id, name = address, is_disabled = false, variables = {}, ssh_profile_id = null } = host;
  const tags = [...new Set(host.tags)];
  requireGood({ name, tags, variables });
  await enterBusiness(tx, place);
  await requireCloud(tx, place.account, cloud_id);
  const modules = await modulesFor(tx, place, moduleIds);
  await requireOwnProfile(tx, place.projectId, ssh_profile_id);
  const [made] = await insertHosts(tx, place, [{ address, cloud_id, name, is_disabled }]);
  if (!made) throw await taken(tx, place, { address, cloud_id });
  await addToModules(tx, [made.id], modules);
  await labelHost(tx, made.id, { tags, variables });
  if (ssh_profile_id !== null) await updateHosts(tx, [made.id], { ssh_profile_id });
  const after = { ...made, ssh_profile_id, tags, variables, modules };
  await auditChanges(tx, place, actor, { what: 'host', action: 'create', changes: [{ after }] });
  return made.id;
}

/** Gives a host tags and variables beside those that it has. */
export async function labelHost(
  tx: DbOrTransaction,
  host_id: number,
  { tags = [], variables = {} }: Pick<GivenHost, 'tags' | 'variables'>,
): Promise<void> {
  await addTags(
    tx,
    tags.map((tag) => ({ host_id, tag })),
  );
  await setVariables(
    tx,
    Object.entries(variables).map(([name, value]) => ({ host_id, name, value })),
  );
}

/** Why there can be no other host of this key. */
export async function taken(tx: DbOrTransaction, { account, projectId }: InventoryPlace, key: HostKey) {
  const [other] = await findHostsByKey(tx, account, [key]);
  if (other?.project_id !== projectId) return notAvailable(key);
  return isThere(`host ${other.id} (${other.name}) has the address ${key.address} of cloud ${key.cloud_id} already`);
}

async function modulesFor(
  tx: DbOrTransaction,
  place: InventoryPlace,
  moduleIds: NewHost['moduleIds'],
): Promise<number[]> {
  if (!moduleIds) return [(await ownModule(tx, place, 'idle')).id];
  const ids = [...new Set(moduleIds)];
  await requireModules(tx, place, { moduleIds: ids, isIncrement: false });
  return ids;
}
