import type { Actor } from '../../base/actor';
import type { Db, DbOrTransaction } from '../../db/connection';
import { countHostsIn } from '../../db/module-hosts';
import { listModules } from '../../db/modules';
import { deleteSets, findSets, insertSet, type SetRecord, updateSet } from '../../db/sets';
import { transact } from '../../db/transaction';
import { readChanges, readNew, type Values } from '../attributes';
import { enterBusiness } from '../businesses/lock';
import { auditChanges } from '../changes';
import { duplicateOf, type UniqueKeys } from '../duplicates';
import { missingFrom, requireFew } from '../ids';
import type { BusinessPlace } from '../place';
import { SET_ATTRIBUTES } from './attributes';
import { type SetBranch, withModules } from './branches';
import { noSuch, requireEmpty, requireOrdinary } from './refusals';

/** Sets that are deleted at once. */
export const MAX_SETS_AT_ONCE = 1_000;

const UNIQUE: UniqueKeys = {
  what: 'set',
  within: 'business',
  keys: { sets_business_id_name_key: ['business_id', 'name'] },
};

type Given = Readonly<Record<string, unknown>>;

/**
 * Makes a set of a business (cmdb §7).
 *
 * @param given its attributes, unchecked
 * @throws GantryError `invalid` naming the first attribute that is wrong, or the name that another set has
 */
export async function createSet(db: Db, place: BusinessPlace, given: Given, actor: Actor): Promise<SetRecord> {
  const values = readNew(SET_ATTRIBUTES, given) as Values & { name: string };
  return transact(db, async (tx) => {
    await enterBusiness(tx, place);
    const after = await insertSet(tx, { ...values, business_id: place.businessId });
    await auditChanges(tx, place, actor, { what: 'set', action: 'create', changes: [{ after }] });
    return after;
  }).catch((error: unknown) => {
    throw duplicateOf(error, UNIQUE, 'create') ?? error;
  });
}

/** @throws GantryError `not_found`; `refused` for the set of idle modules; `invalid` as createSet */
export async function changeSet(
  db: Db,
  place: BusinessPlace,
  { id, given }: { id: number; given: Given },
  actor: Actor,
): Promise<void> {
  const changes = readChanges(SET_ATTRIBUTES, given);
  await transact(db, async (tx) => {
    await enterBusiness(tx, place);
    const before = await requireSet(tx, place, id);
    requireOrdinary('set', before);
    if (Object.keys(changes).length === 0) return;
    const after = await updateSet(tx, id, changes);
    await auditChanges(tx, place, actor, { what: 'set', action: 'update', changes: [{ before, after }] });
  }).catch((error: unknown) => {
    throw duplicateOf(error, UNIQUE, 'update') ?? error;
  });
}

/**
 * Deletes sets with their modules, all of them or none. What processes are bound to stays (cmdb §6).
 *
 * @throws GantryError `not_found`; `refused` for the set of idle modules; `wrong_state` for a set that has hosts
 */
export async function removeSets(db: Db, place: BusinessPlace, ids: readonly number[], actor: Actor): Promise<void> {
  requireFew(ids.length, { things: 'sets', max: MAX_SETS_AT_ONCE });
  await transact(db, async (tx) => {
    await enterBusiness(tx, place);
    const sets = await findSets(tx, place.businessId, ids);
    const missing = missingFrom(ids, sets);
    if (missing !== undefined) throw noSuch('set', missing);
    for (const set of sets) requireOrdinary('set', set);
    const deleted = withModules(sets, await listModules(tx, place.businessId, { setIds: ids }));
    await requireAllEmpty(tx, deleted);
    await deleteSets(tx, ids);
    const changes = deleted.map((before) => ({ before }));
    await auditChanges(tx, place, actor, { what: 'set', action: 'delete', changes });
  });
}

/** @throws GantryError `not_found` */
export async function requireSet(
  db: DbOrTransaction,
  { businessId }: Pick<BusinessPlace, 'businessId'>,
  id: number,
): Promise<SetRecord> {
  const [set] = await findSets(db, businessId, [id]);
  if (set) return set;
  throw noSuch('set', id);
}

/** Hosts of each are counted only when there are any: most sets are deleted empty. */
async function requireAllEmpty(tx: DbOrTransaction, sets: readonly SetBranch[]): Promise<void> {
  const idsOf = (some: readonly SetBranch[]) => some.flatMap(({ modules }) => modules.map(({ id }) => id));
  if ((await countHostsIn(tx, idsOf(sets))) === 0) return;
  for (const set of sets) requireEmpty('set', set, await countHostsIn(tx, idsOf([set])));
}
