import type { Actor } from '../../base/actor';
import { GantryError } from '../../base/error';
import type { Db, DbOrTransaction } from '../../db/connection';
import { listBoundNames } from '../../db/process-bindings';
import {
  deleteProcess,
  findProcess,
  insertProcess,
  keepProcess,
  lockProcesses,
  type ProcessRecord,
  updateProcesses,
} from '../../db/processes';
import { transact } from '../../db/transaction';
import { readChanges, readNew, type Values } from '../attributes';
import { stayInBusiness } from '../businesses/lock';
import { auditChanges } from '../changes';
import { duplicateOf, type UniqueKeys } from '../duplicates';
import { missingFrom, requireFew } from '../ids';
import type { BusinessPlace } from '../place';
import { PROCESS_ATTRIBUTES } from './attributes';

/** Of one batch. */
export const MAX_BATCH = 1_000;

const UNIQUE: UniqueKeys = {
  what: 'process',
  within: 'business',
  keys: {
    processes_business_id_name_key: ['business_id', 'name'],
    processes_by_function: ['business_id', 'function_id'],
  },
};

type Given = Readonly<Record<string, unknown>>;

/**
 * Makes a process of a business (cmdb §1).
 *
 * @param given its attributes, unchecked
 * @throws GantryError `invalid` naming the first attribute that is wrong, or those that have to be unique
 */
export async function createProcess(db: Db, place: BusinessPlace, given: Given, actor: Actor): Promise<ProcessRecord> {
  const values = readNew(PROCESS_ATTRIBUTES, given);
  return transact(db, async (tx) => {
    await stayInBusiness(tx, place);
    const process = await insertProcess(tx, { ...namedValues(values), business_id: place.businessId });
    await auditChanges(tx, place, actor, { what: 'process', action: 'create', changes: [{ after: process }] });
    return process;
  }).catch((error: unknown) => {
    throw duplicateOf(error, UNIQUE, 'create') ?? error;
  });
}

/** @throws GantryError `not_found` */
export async function requireProcess(
  db: DbOrTransaction,
  { businessId }: Pick<BusinessPlace, 'businessId'>,
  id: number,
): Promise<ProcessRecord> {
  const process = await findProcess(db, businessId, id);
  if (process) return process;
  throw notFound(id);
}

/** Begins a change around a process, which stays until it has ended. @throws GantryError `not_found` */
export async function stayOfProcess(tx: DbOrTransaction, { businessId }: BusinessPlace, id: number): Promise<void> {
  if (!(await keepProcess(tx, businessId, id))) throw notFound(id);
}

/**
 * Changes processes of a business alike, all of them or none (cmdb §1).
 *
 * @param given the attributes that change, unchecked
 * @throws GantryError `not_found` when one of them is not there; `invalid` as createProcess
 */
export async function changeProcesses(
  db: Db,
  place: BusinessPlace,
  { ids, given }: { ids: readonly number[]; given: Given },
  actor: Actor,
): Promise<void> {
  requireFew(ids.length, { things: 'processes', max: MAX_BATCH });
  const changes = readChanges(PROCESS_ATTRIBUTES, given);
  await transact(db, async (tx) => {
    const before = await lockProcesses(tx, place.businessId, ids);
    const missing = missingFrom(ids, before);
    if (missing !== undefined) throw notFound(missing);
    if (Object.keys(changes).length === 0) return;
    const after = new Map((await updateProcesses(tx, place.businessId, ids, changes)).map((one) => [one.id, one]));
    await auditChanges(tx, place, actor, {
      what: 'process',
      action: 'update',
      changes: before.map((process) => ({ before: process, after: after.get(process.id)! })),
    });
  }).catch((error: unknown) => {
    throw duplicateOf(error, UNIQUE, 'update') ?? error;
  });
}

/** @throws GantryError `not_found`, `wrong_state` naming the modules that it is bound to */
export async function removeProcess(db: Db, place: BusinessPlace, id: number, actor: Actor): Promise<void> {
  await transact(db, async (tx) => {
    const [before] = await lockProcesses(tx, place.businessId, [id]);
    if (!before) throw notFound(id);
    const bound = await listBoundNames(tx, { businessId: place.businessId, processId: id });
    if (bound.length > 0) throw isBound(before, bound);
    await deleteProcess(tx, place.businessId, id);
    await auditChanges(tx, place, actor, { what: 'process', action: 'delete', changes: [{ before }] });
  });
}

/** What readNew leaves is typed by its table: the name is there, all others have their kind. */
function namedValues(values: Values): Values & { name: string } {
  return values as Values & { name: string };
}

function notFound(id: number): GantryError {
  return new GantryError('not_found', `process ${id} does not exist in this business`, {
    reason: { code: 'not_found', args: { what: 'process', id } },
  });
}

function isBound({ id, name }: ProcessRecord, bound: readonly string[]): GantryError {
  const modules = bound.slice(0, 10).join(', ');
  const message = `process ${id} (${name}) is bound to ${bound.length} modules (${modules}): unbind it first`;
  return new GantryError('wrong_state', message, {
    reason: { code: 'in_use', args: { what: 'process', id, by: modules } },
  });
}
