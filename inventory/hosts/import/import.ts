import type { Actor } from '../../../base/actor';
import { auditOf, insertAudit } from '../../../db/audit';
import type { DbOrTransaction } from '../../../db/connection';
import { enterBusiness } from '../../businesses/lock';
import type { ImportedHost, ImportedInventory } from '../../import';
import type { InventoryPlace } from '../../place';
import { applyPlan } from './apply';
import { readKnown } from './known';
import { type Plan, planImport } from './plan';

/** Of the addresses that others have, in a record of the audit. */
const MAX_TRACED = 1_000;

/** What an import does, or would do. */
export interface ImportedHosts extends Plan {
  dropped: ImportedInventory['dropped'];
  /** Of hosts that it made. */
  idOf(imported: ImportedHost): number | undefined;
}

/** What an import would do, without doing it. @throws as importHosts */
export async function previewImport(
  db: DbOrTransaction,
  place: InventoryPlace,
  { hosts, dropped }: ImportedInventory,
  actor: Actor,
): Promise<ImportedHosts> {
  const plan = planImport(hosts, await readKnown(db, place, hosts, { isKept: false }));
  await traceTaken(db, place, plan, actor);
  return { ...plan, dropped, idOf: () => undefined };
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
  { hosts, dropped }: ImportedInventory,
  actor: Actor,
): Promise<ImportedHosts> {
  await enterBusiness(tx, place);
  const planned = planImport(hosts, await readKnown(tx, place, hosts, { isKept: true }));
  const { plan, idOf } = await applyPlan(tx, place, planned, actor);
  await traceTaken(tx, place, plan, actor);
  return { ...plan, dropped, idOf };
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
