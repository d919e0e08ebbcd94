import type { Actor } from '../../base/actor';
import { auditOf, insertAudits } from '../../db/audit';
import type { Db, DbOrTransaction } from '../../db/connection';
import { deleteHosts, type HostRecord, lockHosts, updateHosts } from '../../db/hosts';
import { listModulesOf } from '../../db/module-hosts';
import { transact } from '../../db/transaction';
import { readChanges } from '../attributes';
import { requireLeavable } from '../pools/moves';
import { requireNoJumpHosts } from '../ssh/jump-hosts';
import { HOST_ATTRIBUTES } from './attributes';
import { requireFewHosts } from './limits';
import { type HostScope, requireAll } from './scope';

/**
 * Changes hosts alike, all of them or none (cmdb §7).
 *
 * @param given the attributes that change, unchecked
 * @throws GantryError `not_found` when one of them is not in the scope; `invalid` naming the first attribute that is wrong
 */
export async function changeHosts(
  db: Db,
  scope: HostScope,
  { ids, given }: { ids: readonly number[]; given: Readonly<Record<string, unknown>> },
  actor: Actor,
): Promise<void> {
  requireFewHosts(ids.length);
  const changes = readChanges(HOST_ATTRIBUTES, given);
  await transact(db, async (tx) => {
    const before = await lockHosts(tx, scope, ids);
    requireAll(ids, before);
    if (Object.keys(changes).length === 0) return;
    const after = new Map((await updateHosts(tx, ids, changes)).map((host) => [host.id, host]));
    const records = before.map((host) => ({
      ...of(host, actor),
      action: 'update',
      detail: { before: host, after: after.get(host.id) },
    }));
    await insertAudits(tx, records);
  });
}

/**
 * Deletes hosts, all of them or none: they leave their modules and their pool; what they have done stays known.
 *
 * @throws GantryError `not_found` when one of them is not in the scope; `wrong_state` for one over which others are reached, and
 *   for one in a pool in which a rollout is under way
 */
export async function removeHosts(db: Db, scope: HostScope, ids: readonly number[], actor: Actor): Promise<void> {
  requireFewHosts(ids.length);
  await transact(db, (tx) => forgetHosts(tx, scope, ids, actor));
}

/**
 * Deletes hosts in a transaction. @throws as removeHosts
 *
 * @param flowId the rollout that deletes them, which may take them out of a pool that it has locked
 */
export async function forgetHosts(
  tx: DbOrTransaction,
  scope: HostScope,
  ids: readonly number[],
  actor: Actor,
  flowId?: number,
): Promise<void> {
  const hosts = await lockHosts(tx, scope, ids);
  requireAll(ids, hosts);
  await requireNoJumpHosts(tx, ids);
  const pools = await requireLeavable(tx, ids, flowId);
  const modules = await listModulesOf(tx, ids);
  await deleteHosts(tx, ids);
  const records = hosts.map((host) => ({
    ...of(host, actor),
    action: 'delete',
    detail: { before: { ...host, modules: modules.get(host.id) ?? [], pool_id: pools.get(host.id)?.pool_id ?? null } },
  }));
  await insertAudits(tx, records);
}

function of({ id, project_id }: HostRecord, actor: Actor) {
  return { ...auditOf(actor), projectId: project_id, object: `host ${id}` };
}
