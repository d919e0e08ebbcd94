import { GantryError } from '../../base/error';
import { findProjectBusiness } from '../../db/businesses';
import type { Db } from '../../db/connection';
import { findHosts } from '../../db/host-details';
import { conditionOf } from '../../inventory/hosts/filter';
import { requireHostGroupCalled } from '../../inventory/hosts/groups';
import { resolveIpText } from '../../inventory/hosts/resolve';
import { hostSource } from '../../inventory/hosts/search';
import { readHostCondition } from '../../inventory/hosts/selector';
import type { InventoryPlace } from '../../inventory/place';
import { requirePoolCalled } from '../../inventory/pools/find';
import { both, type Condition } from '../../inventory/search/condition';
import { searchIdsAfter } from '../../inventory/search/search';
import type { HostTargets } from '../../plugins/hosts';
import type { Executor } from '../../workflows/contract';

/** Of one step. */
export const MAX_TARGETS = 10_000;

/** A host that a step is for. */
export interface Target {
  id: number;
  address: string;
  name: string;
  isDisabled: boolean;
}

/**
 * The hosts of a project that a step is for, in the order of the text that names them, else by id.
 *
 * @throws GantryError `invalid` for what names no host, for none at all, and for too many
 */
export async function findTargets(
  db: Db,
  projectId: number,
  targets: HostTargets,
  { username, isTrusted }: Executor,
): Promise<Target[]> {
  const business = await findProjectBusiness(db, projectId);
  if (!business) throw new GantryError('invalid', `project ${projectId} has no inventory`);
  const place: InventoryPlace = { projectId, businessId: business.id, account: business.supplier_account };
  const named =
    targets.text === undefined ? undefined : await resolved(db, place, targets.text, { username, isTrusted });
  const group = targets.group === undefined ? [] : [await conditionOfGroup(db, place, targets.group)];
  const pool = targets.pool === undefined ? [] : [await conditionOfPool(db, place, targets.pool)];
  const conditions = [...conditionsOf(targets, named), ...group, ...pool];
  if (conditions.length === 0)
    throw new GantryError(
      'invalid',
      'no hosts are named: say addresses, ids, tags, a set, a module, a host group or a pool',
    );
  const ids = await idsOf(db, place, both(conditions));
  if (ids.length === 0) throw new GantryError('invalid', 'no host of this project is what is named');
  const missing = (targets.ids ?? []).filter((id) => !ids.includes(id));
  if (missing.length > 0)
    throw new GantryError(
      'invalid',
      `no hosts of this project, or not what else is named: ${missing.slice(0, 20).join(', ')}`,
    );
  const order = new Map((named ?? []).map((id, at) => [id, at]));
  const rows = await findHosts(db, projectId, ids);
  return rows
    .map(({ id, address, name, is_disabled }) => ({ id, address: address ?? '', name, isDisabled: is_disabled }))
    .sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0) || a.id - b.id);
}

async function resolved(
  db: Db,
  place: InventoryPlace,
  text: string,
  { username, isTrusted }: Executor,
): Promise<number[]> {
  const { hosts, problems } = await resolveIpText(db, place, text, { username, app: { code: '', trusted: isTrusted } });
  const wrong = problems.filter(({ kind }) => kind !== 'duplicate');
  if (wrong.length > 0)
    throw new GantryError(
      'invalid',
      wrong
        .slice(0, 20)
        .map(({ message }) => message)
        .join('; '),
    );
  return hosts.map(({ id }) => id);
}

/** What the group means now, bounded by itself. */
async function conditionOfGroup(db: Db, place: InventoryPlace, nameOrId: string): Promise<Condition> {
  const { selector } = await requireHostGroupCalled(db, place, nameOrId);
  return readHostCondition(selector);
}

async function conditionOfPool(db: Db, place: InventoryPlace, nameOrId: string): Promise<Condition> {
  const { id } = await requirePoolCalled(db, place.projectId, nameOrId);
  return { field: 'pool_id', operator: 'eq', value: id };
}

function conditionsOf({ ids, tags, set, module }: HostTargets, named: readonly number[] | undefined): Condition[] {
  const filter = { tags, set, module };
  return [
    ...(named ? [{ field: 'id', operator: 'in' as const, value: named }] : []),
    ...(ids ? [{ field: 'id', operator: 'in' as const, value: ids }] : []),
    ...(tags?.length || set !== undefined || module !== undefined ? [conditionOf(filter)] : []),
  ];
}

async function idsOf(db: Db, { account, projectId }: InventoryPlace, condition: Condition): Promise<number[]> {
  const source = hostSource(account, { projectIds: [projectId] }, condition);
  const ids = await searchIdsAfter(db, source, { condition, after: 0, limit: MAX_TARGETS + 1 });
  if (ids.length <= MAX_TARGETS) return ids;
  throw new GantryError('invalid', `more than ${MAX_TARGETS} hosts are named, which is the limit of one step`);
}
