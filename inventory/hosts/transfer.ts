import type { Actor } from '../../base/actor';
import { wrongField } from '../../base/error';
import { auditOf, insertAudits } from '../../db/audit';
import { KINDS } from '../../db/businesses';
import type { Db, DbOrTransaction } from '../../db/connection';
import { listTags } from '../../db/host-details';
import { deleteFacts } from '../../db/host-facts';
import { removeTags, removeVariables } from '../../db/host-labels';
import { type HostRecord, lockHosts, updateHosts } from '../../db/hosts';
import { addToModules, listModulesOf, removeFromModules } from '../../db/module-hosts';
import { findModules, findOwnModules, type ModuleRecord } from '../../db/modules';
import { removeFromPools } from '../../db/pool-hosts';
import { transact } from '../../db/transaction';
import { enterBusiness } from '../businesses/lock';
import { missingFrom } from '../ids';
import type { BusinessPlace } from '../place';
import { requireLeavable, requirePoolsAllow } from '../pools/moves';
import { revokeAllKeys } from '../ssh/host-keys';
import { requireNoJumpHosts } from '../ssh/jump-hosts';
import { noSuch } from '../topology/refusals';
import { requireFewHosts, requireFewModules, requireFewPlaces } from './limits';
import { requireAll } from './scope';

/** Where hosts of a business are moved to. */
interface Transfer {
  hostIds: readonly number[];
  moduleIds: readonly number[];
  /** They stay in the modules that they are in. */
  isIncrement: boolean;
  /** The rollout that moves them, which may take them out of a pool that it has locked. */
  flowId?: number;
}

/**
 * Moves hosts of a business to modules of it, all of them or none (cmdb §7). A host that is idle or broken is in that module
 * alone: it leaves it for any other.
 *
 * @throws GantryError `not_found` for a host or a module that is not in the business; `invalid` for an idle or fault module
 *   together with others, and for a host that would be in more modules than it may; `wrong_state` for one that would be in a
 *   second pool, or leave one in which a rollout is under way
 */
export async function transferHosts(db: Db, place: BusinessPlace, transfer: Transfer, actor: Actor): Promise<void> {
  const { hostIds, moduleIds } = transfer;
  requireFewHosts(hostIds.length);
  requireFewPlaces(hostIds.length, moduleIds.length);
  await transact(db, async (tx) => {
    await enterWith(tx, place, hostIds);
    await moveHosts(tx, place, transfer, actor);
  });
}

/** Moves hosts that have been locked, after their business. @throws as transferHosts */
export async function moveHosts(
  tx: DbOrTransaction,
  place: BusinessPlace,
  { hostIds, moduleIds, isIncrement, flowId }: Transfer,
  actor: Actor,
): Promise<void> {
  await requireModules(tx, place, { moduleIds, isIncrement });
  await requirePoolsAllow(tx, { hostIds, moduleIds, isIncrement, flowId });
  const own = isIncrement ? { only: (await findOwnModules(tx, place.businessId)).map(({ id }) => id) } : {};
  await recordMove(tx, place, { hostIds, actor }, async () => {
    await removeFromModules(tx, hostIds, { except: moduleIds, ...own });
    await addToModules(tx, hostIds, moduleIds);
  });
}

/** @throws GantryError for modules that are not in the business, or that a host cannot be in together */
export async function requireModules(
  tx: DbOrTransaction,
  { businessId }: Pick<BusinessPlace, 'businessId'>,
  { moduleIds, isIncrement }: Pick<Transfer, 'moduleIds' | 'isIncrement'>,
): Promise<void> {
  const modules = await findModules(tx, businessId, moduleIds);
  const missing = missingFrom(moduleIds, modules);
  if (missing !== undefined) throw noSuch('module', missing);
  requireCompatible(modules, isIncrement);
}

/**
 * Moves hosts of a business to its module for idle hosts, or to that for broken ones.
 *
 * @throws GantryError `not_found` for a host that is not in the business
 */
export async function setAside(
  db: Db,
  place: BusinessPlace,
  { hostIds, as }: { hostIds: readonly number[]; as: 'idle' | 'fault' },
  actor: Actor,
): Promise<void> {
  requireFewHosts(hostIds.length);
  await transact(db, async (tx) => {
    await enterWith(tx, place, hostIds);
    const { id } = await ownModule(tx, place, as);
    await moveHosts(tx, place, { hostIds, moduleIds: [id], isIncrement: false }, actor);
  });
}

/**
 * Gives hosts of a business to the resource pool of its account. Their tags and variables are the business' and do not go
 * with them: whoever takes a host next neither sees these nor has it in groups by tags that mean something else there. Nor
 * do the profile by which they are reached, the keys by which they are known, and what they have said of themselves.
 *
 * @throws GantryError `not_found` for a host that is not in the business; `wrong_state` for one over which others are reached,
 *   and for one in a pool in which a rollout is under way
 */
export async function releaseHosts(
  db: Db,
  place: BusinessPlace,
  hostIds: readonly number[],
  actor: Actor,
): Promise<void> {
  requireFewHosts(hostIds.length);
  await transact(db, async (tx) => {
    const hosts = await enterWith(tx, place, hostIds);
    await requireNoJumpHosts(tx, hostIds);
    await requireLeavable(tx, hostIds);
    await revokeAllKeys(tx, hosts, actor);
    await recordMove(tx, place, { hostIds, actor, to: null, hosts }, async () => {
      await removeFromPools(tx, hostIds);
      await removeFromModules(tx, hostIds);
      await removeTags(tx, hostIds);
      await removeVariables(tx, hostIds);
      await deleteFacts(tx, hostIds);
      await updateHosts(tx, hostIds, { project_id: null, ssh_profile_id: null });
    });
  });
}

/**
 * Takes hosts out of the resource pool of a business' account, into its module for idle hosts.
 *
 * @throws GantryError `not_found` for a host that is not in the pool
 */
export async function takeHosts(db: Db, place: BusinessPlace, hostIds: readonly number[], actor: Actor): Promise<void> {
  requireFewHosts(hostIds.length);
  await transact(db, async (tx) => {
    const { supplier_account: account } = await enterBusiness(tx, place);
    requireAll(hostIds, await lockHosts(tx, { account, projectId: null }, hostIds));
    const module = await ownModule(tx, place, 'idle');
    await recordMove(tx, place, { hostIds, actor, from: null }, async () => {
      await updateHosts(tx, hostIds, { project_id: place.projectId });
      await addToModules(tx, hostIds, [module.id]);
    });
  });
}

/** The module of a business for hosts that are set aside. */
export async function ownModule(
  tx: DbOrTransaction,
  { businessId }: Pick<BusinessPlace, 'businessId'>,
  as: 'idle' | 'fault',
): Promise<ModuleRecord> {
  const modules = await findOwnModules(tx, businessId);
  return modules.find(({ kind }) => kind === KINDS[as])!;
}

/** Locks the business, then its hosts: all who change hosts lock them in the order of their ids. */
async function enterWith(tx: DbOrTransaction, place: BusinessPlace, hostIds: readonly number[]): Promise<HostRecord[]> {
  const { supplier_account: account } = await enterBusiness(tx, place);
  const hosts = await lockHosts(tx, { account, projectId: place.projectId }, hostIds);
  requireAll(hostIds, hosts);
  return hosts;
}

function requireCompatible(modules: readonly ModuleRecord[], isIncrement: boolean): void {
  const own = modules.find(({ kind }) => kind !== KINDS.ordinary);
  if (!own || (modules.length === 1 && !isIncrement)) return;
  const field = modules.length > 1 ? 'modules' : 'is_increment';
  const message = `module ${own.id} (${own.name}) is for hosts that are in no other: name it alone, in place of those that they are in`;
  throw wrongField(message, { code: 'malformed', args: { field } });
}

/** Where hosts come from and go to: the place's project, or the resource pool. */
interface Move {
  hostIds: readonly number[];
  actor: Actor;
  from?: null;
  to?: null;
  /** As they were, where they leave the project. */
  hosts?: readonly HostRecord[];
}

/**
 * Moves hosts, and writes for each that is elsewhere then where it was and is, and what tags and which profile it had that it
 * has no more.
 */
async function recordMove(
  tx: DbOrTransaction,
  { projectId }: BusinessPlace,
  { hostIds, actor, from, to, hosts = [] }: Move,
  move: () => Promise<void>,
): Promise<void> {
  const before = await listModulesOf(tx, hostIds);
  const tags = to === null ? await listTags(tx, hostIds) : new Map<number, string[]>();
  const profiles = new Map(hosts.map(({ id, ssh_profile_id }) => [id, ssh_profile_id]));
  await move();
  const after = await listModulesOf(tx, hostIds);
  requireFewModules(after);
  const isMoved = (id: number) => from === null || to === null || String(before.get(id)) !== String(after.get(id));
  const who = { ...auditOf(actor), projectId, action: 'transfer' };
  await insertAudits(
    tx,
    hostIds.filter(isMoved).map((id) => {
      const had = { tags: tags.get(id), ssh_profile_id: profiles.get(id) };
      const was = { project_id: from === null ? null : projectId, modules: before.get(id) ?? [] };
      const is = { project_id: to === null ? null : projectId, modules: after.get(id) ?? [] };
      return { ...who, object: `host ${id}`, detail: { before: { ...was, ...had }, after: is } };
    }),
  );
}
