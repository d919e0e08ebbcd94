import type { Actor } from '../../base/actor';
import { GantryError, wrongField } from '../../base/error';
import { stringifyJson } from '../../base/json';
import type { Db, DbOrTransaction } from '../../db/connection';
import {
  deleteHostGroup,
  findHostGroup,
  findHostGroupNamed,
  type HostGroupRecord,
  insertHostGroup,
  lockHostGroup,
  updateHostGroup,
} from '../../db/host-groups';
import { isInt4 } from '../../db/search/restriction';
import { transact } from '../../db/transaction';
import { auditChanges } from '../changes';
import { duplicateOf, isTaken, type UniqueKeys } from '../duplicates';
import type { InventoryPlace } from '../place';
import { type Condition, requireBounded } from '../search/condition';
import { resolve } from '../search/resolve';
import { hostSource } from './search';

/** Of the text of a selector. */
const MAX_SELECTOR_LENGTH = 64_000;

const UNIQUE: UniqueKeys = {
  what: 'host group',
  within: 'project',
  keys: { host_groups_project_id_name_key: ['project_id', 'name'] },
};

type Place = Pick<InventoryPlace, 'projectId'>;

/** A condition as somebody has sent it, and what it means. */
export interface Selector {
  sent: unknown;
  condition: Condition;
}

/**
 * Makes a named condition. Call it in a transaction.
 *
 * @throws GantryError `invalid` for a condition that is larger than it may be, a pattern that cannot be had, a name that
 *   another group has
 */
export async function createHostGroup(
  tx: DbOrTransaction,
  place: InventoryPlace,
  { name, selector }: { name: string; selector: Selector },
  actor: Actor,
): Promise<HostGroupRecord> {
  const after = await insertHostGroup(tx, { project_id: place.projectId, name, selector: textOf(place, selector) });
  if (!after) throw isTaken(['project_id', 'name'], UNIQUE, 'create');
  await auditChanges(tx, place, actor, { what: 'host group', action: 'create', changes: [{ after }] });
  return after;
}

/** @throws GantryError `not_found`; as createHostGroup */
export async function changeHostGroup(
  db: Db,
  place: InventoryPlace,
  { id, name, selector }: { id: number; name?: string | undefined; selector?: Selector | undefined },
  actor: Actor,
): Promise<HostGroupRecord> {
  const changes = {
    ...(name === undefined ? {} : { name }),
    ...(selector === undefined ? {} : { selector: textOf(place, selector) }),
  };
  return transact(db, async (tx) => {
    const before = await lockHostGroup(tx, place.projectId, id);
    if (!before) throw noSuchGroup(id);
    if (Object.keys(changes).length === 0) return before;
    const after = await updateHostGroup(tx, id, changes);
    await auditChanges(tx, place, actor, { what: 'host group', action: 'update', changes: [{ before, after }] });
    return after;
  }).catch((error: unknown) => {
    throw duplicateOf(error, UNIQUE, 'update') ?? error;
  });
}

/** @throws GantryError `not_found` */
export async function removeHostGroup(db: Db, place: Place, id: number, actor: Actor): Promise<void> {
  await transact(db, async (tx) => {
    const before = await lockHostGroup(tx, place.projectId, id);
    if (!before) throw noSuchGroup(id);
    await deleteHostGroup(tx, id);
    await auditChanges(tx, place, actor, { what: 'host group', action: 'delete', changes: [{ before }] });
  });
}

/** @throws GantryError `not_found` */
export async function requireHostGroup(db: DbOrTransaction, place: Place, id: number): Promise<HostGroupRecord> {
  const group = await findHostGroup(db, place.projectId, id);
  if (group) return group;
  throw noSuchGroup(id);
}

/** The group of a name, else that of an id. @throws GantryError `not_found` */
export async function requireHostGroupCalled(
  db: DbOrTransaction,
  { projectId }: Place,
  nameOrId: string,
): Promise<HostGroupRecord> {
  const called = nameOrId.trim();
  const named = await findHostGroupNamed(db, projectId, called);
  if (named) return named;
  const id = /^\d{1,10}$/.test(called) ? Number(called) : 0;
  const group = id > 0 && isInt4(id) ? await findHostGroup(db, projectId, id) : undefined;
  if (group) return group;
  throw new GantryError('not_found', `this project has no host group ${called.slice(0, 100)}`, {
    reason: { code: 'not_found', args: { what: 'host group', id: called.slice(0, 100) } },
  });
}

/** What is stored of a selector, once it is known that hosts can be looked for by it. */
function textOf({ account, projectId }: InventoryPlace, { sent, condition }: Selector): string {
  requireBounded(condition);
  resolve(condition, hostSource(account, { projectIds: [projectId] }, condition).columns);
  const text = stringifyJson(sent);
  if (text.length <= MAX_SELECTOR_LENGTH) return text;
  const message = `the condition is longer than ${MAX_SELECTOR_LENGTH} characters`;
  throw wrongField(message, { code: 'too_long', args: { field: 'condition', max: MAX_SELECTOR_LENGTH } });
}

function noSuchGroup(id: number): GantryError {
  return new GantryError('not_found', `host group ${id} does not exist in this project`, {
    reason: { code: 'not_found', args: { what: 'host group', id } },
  });
}
