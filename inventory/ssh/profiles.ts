import type { Updateable } from 'kysely';
import type { Actor } from '../../base/actor';
import { GantryError, wrongField } from '../../base/error';
import { findClouds } from '../../db/clouds';
import type { Db, DbOrTransaction } from '../../db/connection';
import type { Owner } from '../../db/credentials';
import { lockHosts } from '../../db/hosts';
import { findModules } from '../../db/modules';
import type { Database } from '../../db/schema';
import {
  countProfiles,
  deleteProfile,
  findProfileUses,
  type GivenProfile,
  giveToClouds,
  giveToModules,
  insertProfile,
  keepProfile,
  listProfiles,
  lockDefaultProfile,
  lockProfile,
  type ProfileUses,
  updateProfile,
} from '../../db/ssh-profiles';
import { transact } from '../../db/transaction';
import { enterBusiness } from '../businesses/lock';
import { auditChanges } from '../changes';
import { duplicateOf, isTaken, type UniqueKeys } from '../duplicates';
import { noSuchHost } from '../hosts/read';
import { missingFrom } from '../ids';
import type { BusinessPlace } from '../place';
import { noSuch } from '../topology/refusals';
import { enterOwn, inUse, noSuchOf, requireRoom } from './bounds';
import { requireKept } from './credentials';

const WHAT = 'ssh profile';
const UNIQUE: UniqueKeys = { what: WHAT, within: 'project', keys: { ssh_profiles_by_name: ['project_id', 'name'] } };

/** Whose profiles they are: a project's, or the installation's. */
export type ProfilePlace = BusinessPlace | 'installation';

type Columns = Omit<Updateable<Database['ssh_profiles']>, 'id' | 'project_id' | 'created_at' | 'updated_at'>;

/** What is said of a profile; what is absent is not said. */
export interface ProfileChanges extends Columns {
  /** Modules of the project that it is given to, in place of those that it was given to. */
  moduleIds?: readonly number[] | undefined;
  /** Clouds of an account that it is given to, in place of all that it was given to. */
  clouds?: { account: string; cloudIds: readonly number[] } | undefined;
}

/**
 * Makes a profile: how hosts are reached. Call it in a transaction. A default one takes the place of the one before.
 *
 * @throws GantryError `not_found` for a credential, a jump host, modules or clouds that its owner has not; `invalid` for a name
 *   that another one has; `wrong_state` for a module or a cloud with another profile; `refused` for one too many
 */
export async function createProfile(
  tx: DbOrTransaction,
  place: ProfilePlace,
  { name, ...given }: ProfileChanges & { name: string },
  actor: Actor,
): Promise<GivenProfile> {
  const owner = await enter(tx, place);
  requireRoom('ssh profiles', owner, await countProfiles(tx, owner));
  await requireNamed(tx, owner, given);
  if (given.is_default) await endDefault(tx, owner, actor);
  const { moduleIds: _modules, clouds: _clouds, ...columns } = given;
  const made = await insertProfile(tx, { ...columns, name, project_id: owner });
  if (!made) throw isTaken(['project_id', 'name'], UNIQUE, 'create');
  await give(tx, place, made.id, given);
  const after = await requireProfile(tx, owner, made.id);
  await auditChanges(tx, { projectId: owner }, actor, { what: WHAT, action: 'create', changes: [{ after }] });
  return after;
}

/** Changes what is said of a profile. @throws GantryError `not_found` for it; as createProfile */
export async function changeProfile(
  db: Db,
  place: ProfilePlace,
  { id, ...given }: ProfileChanges & { id: number },
  actor: Actor,
): Promise<GivenProfile> {
  return transact(db, async (tx) => {
    const owner = await enter(tx, place);
    if (!(await lockProfile(tx, owner, id))) throw noSuchOf(WHAT, id, owner);
    const before = await requireProfile(tx, owner, id);
    if (Object.values(given).every((value) => value === undefined)) return before;
    await requireNamed(tx, owner, given);
    if (given.is_default && !before.is_default) await endDefault(tx, owner, actor);
    const { moduleIds: _modules, clouds: _clouds, ...columns } = given;
    const said = Object.entries(columns).filter(([, value]) => value !== undefined);
    await updateProfile(tx, id, Object.fromEntries(said));
    await give(tx, place, id, given);
    const after = await requireProfile(tx, owner, id);
    await auditChanges(tx, { projectId: owner }, actor, { what: WHAT, action: 'update', changes: [{ before, after }] });
    return after;
  }).catch((error: unknown) => {
    throw duplicateOf(error, UNIQUE, 'update') ?? error;
  });
}

/** @throws GantryError `not_found`; `wrong_state` while hosts, pools, modules or clouds are given it, naming them */
export async function removeProfile(db: Db, owner: Owner, id: number, actor: Actor): Promise<void> {
  await transact(db, async (tx) => {
    if (!(await lockProfile(tx, owner, id))) throw noSuchOf(WHAT, id, owner);
    const before = await requireProfile(tx, owner, id);
    const by = inWords(await findProfileUses(tx, id));
    if (by !== undefined) throw inUse(WHAT, before, by);
    await deleteProfile(tx, id);
    await auditChanges(tx, { projectId: owner }, actor, { what: WHAT, action: 'delete', changes: [{ before }] });
  });
}

/** @throws GantryError `not_found` */
export async function requireProfile(db: DbOrTransaction, owner: Owner, id: number): Promise<GivenProfile> {
  const [profile] = await listProfiles(db, owner, { id });
  if (profile) return profile;
  throw noSuchOf(WHAT, id, owner);
}

/** Sees to it that a profile, if one is named, is the project's until the transaction ends. @throws as requireProfile */
export async function requireOwnProfile(
  tx: DbOrTransaction,
  projectId: number,
  id: number | null | undefined,
): Promise<void> {
  if (id == null || (await keepProfile(tx, projectId, id))) return;
  throw noSuchOf(WHAT, id, projectId);
}

/** Begins a change: of a project's business first, as all do who change what is in it. */
async function enter(tx: DbOrTransaction, place: ProfilePlace): Promise<Owner> {
  const owner = place === 'installation' ? null : place.projectId;
  if (place !== 'installation') await enterBusiness(tx, place);
  await enterOwn(tx, 'ssh profiles', owner);
  return owner;
}

async function requireNamed(
  tx: DbOrTransaction,
  owner: Owner,
  { credential_id, jump_host_id }: Pick<ProfileChanges, 'credential_id' | 'jump_host_id'>,
): Promise<void> {
  await requireKept(tx, owner, credential_id);
  if (jump_host_id == null) return;
  const [host] = await lockHosts(tx, owner === null ? 'any' : { projectId: owner }, [jump_host_id]);
  if (!host) throw noSuchHost(jump_host_id);
}

async function endDefault(tx: DbOrTransaction, owner: Owner, actor: Actor): Promise<void> {
  const before = await lockDefaultProfile(tx, owner);
  if (!before) return;
  const after = await updateProfile(tx, before.id, { is_default: false });
  await auditChanges(tx, { projectId: owner }, actor, { what: WHAT, action: 'update', changes: [{ before, after }] });
}

async function give(
  tx: DbOrTransaction,
  place: ProfilePlace,
  id: number,
  { moduleIds, clouds }: Pick<ProfileChanges, 'moduleIds' | 'clouds'>,
): Promise<void> {
  if (moduleIds && place !== 'installation') {
    const modules = await findModules(tx, place.businessId, moduleIds);
    const missing = missingFrom(moduleIds, modules);
    if (missing !== undefined) throw noSuch('module', missing);
    requireFree('module', modules, id);
    await giveToModules(tx, id, { businessId: place.businessId, moduleIds });
  }
  if (clouds && place === 'installation') {
    const found = await findClouds(tx, clouds.account, clouds.cloudIds);
    const missing = missingFrom(clouds.cloudIds, found);
    if (missing !== undefined) {
      const message = `account ${clouds.account} has no cloud ${missing}`;
      throw wrongField(message, { code: 'malformed', args: { field: 'cloud_ids' } });
    }
    requireFree('cloud', found, id);
    await giveToClouds(tx, id, clouds);
  }
}

/** Nothing is taken from another profile without saying so. */
function requireFree(
  what: 'module' | 'cloud',
  some: readonly { id: number; name: string; ssh_profile_id: number | null }[],
  id: number,
): void {
  const taken = some.find(({ ssh_profile_id }) => ssh_profile_id !== null && ssh_profile_id !== id);
  if (!taken) return;
  const by = `ssh profile ${taken.ssh_profile_id}`;
  throw new GantryError('wrong_state', `${what} ${taken.id} (${taken.name}) has ${by}: take it from that first`, {
    reason: { code: 'in_use', args: { what, id: taken.id, by } },
  });
}

function inWords({ hosts, pools, modules, clouds, firstHost }: ProfileUses): string | undefined {
  const first = firstHost && `, host ${firstHost.id} (${firstHost.name}) among them`;
  const parts = [
    hosts > 0 ? `${hosts} hosts${first ?? ''}` : '',
    pools > 0 ? `${pools} pools` : '',
    modules > 0 ? `${modules} modules` : '',
    clouds > 0 ? `${clouds} clouds` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? undefined : `${parts.join(' and ')} are reached by it`;
}
