import type { Actor } from '../../../base/actor';
import { auditOf, insertAudit } from '../../../db/audit';
import type { DbOrTransaction } from '../../../db/connection';
import { enterBusiness } from '../../businesses/lock';
import type { ImportedInventory } from '../../import';
import type { InventoryPlace } from '../../place';
import { type Applied, applyPlan, type Planned } from './apply';
import { readKnown } from './known';
import { readKnownSsh } from './known-ssh';
import { type Plan, planImport } from './plan';
import { planSsh, type SshPlan, withoutJumpHost, withProfiles } from './plan-ssh';

/** Of the addresses that others have, in a record of the audit. */
const MAX_TRACED = 1_000;

/** What is to be imported. */
export interface Import {
  inventory: ImportedInventory;
  /** Whether who imports it may say how hosts are reached. */
  maySaySsh: boolean;
}

/** What an import does, or would do. */
export interface ImportedHosts extends Plan, Applied {
  ssh: SshPlan;
  dropped: ImportedInventory['dropped'];
}

/** What an import would do, without doing it. @throws as importHosts */
export async function previewImport(
  db: DbOrTransaction,
  place: InventoryPlace,
  wanted: Import,
  actor: Actor,
): Promise<ImportedHosts> {
  const { plan, ssh } = await planOf(db, place, wanted, { isKept: false });
  await traceTaken(db, place, plan, actor);
  const nobody = () => undefined;
  return { ...plan, ssh, dropped: [...wanted.inventory.dropped, ...ssh.dropped], idOf: nobody, profileIdOf: nobody };
}

/**
 * Adds the hosts of an inventory to a project, or changes those that are there: what a preview shows. Hosts that are refused
 * stay as they are, all others are done together. Call it in a transaction.
 *
 * @throws GantryError `too_large` where there is more to compare than may be
 */
export async function importHosts(
  tx: DbOrTransaction,
  place: InventoryPlace,
  wanted: Import,
  actor: Actor,
): Promise<ImportedHosts> {
  await enterBusiness(tx, place);
  const planned = await planOf(tx, place, wanted, { isKept: true });
  const { plan, ...ids } = await applyPlan(tx, place, planned, actor);
  await traceTaken(tx, place, plan, actor);
  const { ssh } = planned;
  // Those whose jump host somebody else took meanwhile.
  const lost = [...ssh.assign].flatMap(([host, profile]) => (ids.profileIdOf(profile) === undefined ? [host] : []));
  const dropped = [...wanted.inventory.dropped, ...ssh.dropped, ...withoutJumpHost(lost)];
  return { ...plan, ...ids, ssh, dropped };
}

async function planOf(
  db: DbOrTransaction,
  place: InventoryPlace,
  { inventory: { hosts }, maySaySsh: maySay }: Import,
  { isKept }: { isKept: boolean },
): Promise<Planned> {
  const plan = planImport(hosts, await readKnown(db, place, hosts, { isKept }));
  const known = await readKnownSsh(db, place.projectId, hosts, { maySay });
  const ssh = planSsh(hosts, plan, known);
  return { plan: withProfiles(plan, ssh, known.profiles), ssh };
}

/** Somebody who looks for what others have leaves a trace of it: one for all of an import. */
async function traceTaken(
  db: DbOrTransaction,
  { projectId }: InventoryPlace,
  { refused }: Plan,
  actor: Actor,
): Promise<void> {
  const taken = refused.filter(({ isTaken }) => isTaken);
  if (taken.length === 0) return;
  const hosts = taken
    .slice(0, MAX_TRACED)
    .map(({ imported: { address, cloudId } }) => ({ address, cloud_id: cloudId }));
  const detail = { text: 'hosts are not available', count: taken.length, hosts };
  await insertAudit(db, { ...auditOf(actor), projectId, action: 'refuse', object: 'host', detail });
}
