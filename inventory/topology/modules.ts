import type { Actor } from '../../base/actor';
import type { Db, DbOrTransaction } from '../../db/connection';
import { countHostsIn } from '../../db/module-hosts';
import { deleteModule, findModules, insertModule, type ModuleRecord, updateModule } from '../../db/modules';
import { transact } from '../../db/transaction';
import { readChanges, readNew, type Values } from '../attributes';
import { enterBusiness } from '../businesses/lock';
import { auditChanges } from '../changes';
import { duplicateOf, type UniqueKeys } from '../duplicates';
import type { BusinessPlace } from '../place';
import { MODULE_ATTRIBUTES } from './attributes';
import { noSuch, requireEmpty, requireOrdinary } from './refusals';
import { requireSet } from './sets';

const UNIQUE: UniqueKeys = {
  what: 'module',
  within: 'set',
  keys: { modules_set_id_name_key: ['business_id', 'set_id', 'name'] },
};

type Given = Readonly<Record<string, unknown>>;

/** A module of a set of a business. */
interface ModulePlace extends BusinessPlace {
  setId: number;
}

/**
 * Makes a module of a set (cmdb §7).
 *
 * @param given its attributes, unchecked
 * @throws GantryError `not_found` for the set; `refused` for that of idle modules; `invalid` naming the first attribute that
 *   is wrong, or the name that another module of the set has
 */
export async function createModule(db: Db, place: ModulePlace, given: Given, actor: Actor): Promise<ModuleRecord> {
  const { businessId, setId } = place;
  const values = readNew(MODULE_ATTRIBUTES, given) as Values & { name: string };
  return transact(db, async (tx) => {
    await enterBusiness(tx, place);
    requireOrdinary('set', await requireSet(tx, place, setId));
    const after = await insertModule(tx, { ...values, business_id: businessId, set_id: setId });
    await auditChanges(tx, place, actor, { what: 'module', action: 'create', changes: [{ after }] });
    return after;
  }).catch((error: unknown) => {
    throw duplicateOf(error, UNIQUE, 'create') ?? error;
  });
}

/**
 * Changes a module; processes that are bound to its name stay bound to the name that it had (cmdb §6).
 *
 * @throws GantryError `not_found`; `refused` for idle modules; `invalid` as createModule
 */
export async function changeModule(
  db: Db,
  place: ModulePlace,
  { id, given }: { id: number; given: Given },
  actor: Actor,
): Promise<void> {
  const changes = readChanges(MODULE_ATTRIBUTES, given);
  await transact(db, async (tx) => {
    const before = await enterModule(tx, place, id);
    if (Object.keys(changes).length === 0) return;
    const after = await updateModule(tx, id, changes);
    await auditChanges(tx, place, actor, { what: 'module', action: 'update', changes: [{ before, after }] });
  }).catch((error: unknown) => {
    throw duplicateOf(error, UNIQUE, 'update') ?? error;
  });
}

/** @throws GantryError `not_found`; `refused` for idle modules; `wrong_state` for one that has hosts */
export async function removeModule(db: Db, place: ModulePlace, id: number, actor: Actor): Promise<void> {
  await transact(db, async (tx) => {
    const before = await enterModule(tx, place, id);
    requireEmpty('module', before, await countHostsIn(tx, [id]));
    await deleteModule(tx, id);
    await auditChanges(tx, place, actor, { what: 'module', action: 'delete', changes: [{ before }] });
  });
}

async function enterModule(tx: DbOrTransaction, place: ModulePlace, id: number): Promise<ModuleRecord> {
  await enterBusiness(tx, place);
  await requireSet(tx, place, place.setId);
  const [module] = await findModules(tx, place.businessId, [id]);
  if (module?.set_id !== place.setId) throw noSuch('module', id);
  requireOrdinary('module', module);
  return module;
}
