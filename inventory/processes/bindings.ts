import type { Actor } from '../../base/actor';
import { type GantryError, wrongField } from '../../base/error';
import { auditOf, insertAudit } from '../../db/audit';
import type { Db, DbOrTransaction } from '../../db/connection';
import {
  deleteBinding,
  insertBinding,
  listBoundNames,
  listModuleNames,
  lockModuleName,
  type ModuleName,
} from '../../db/process-bindings';
import { transact } from '../../db/transaction';
import { stayInBusiness } from '../businesses/lock';
import type { BusinessPlace } from '../place';
import { requireProcess, stayOfProcess } from './processes';

/** The name of modules that a process may be bound to, and whether it is. */
export interface BindableModule extends ModuleName {
  isBound: boolean;
}

/** A process, and the name of the modules that it is bound to: all of that name, in whatever set, also later ones. */
interface Binding {
  processId: number;
  moduleName: string;
}

/**
 * The names of the modules of a business, by name, and those that the process is bound to though no module has the name any
 * more: in no set (cmdb §6).
 *
 * @throws GantryError `not_found` for a process that is not there
 */
export async function listBindableModules(
  db: Db,
  { businessId }: Pick<BusinessPlace, 'businessId'>,
  processId: number,
): Promise<BindableModule[]> {
  await requireProcess(db, { businessId }, processId);
  const [names, bound] = await Promise.all([
    listModuleNames(db, businessId),
    listBoundNames(db, { businessId, processId }),
  ]);
  const setCounts = new Map(names.map(({ name, setCount }) => [name, setCount]));
  const all = [...new Set([...setCounts.keys(), ...bound])].sort(byCodePoints);
  return all.map((name) => ({ name, setCount: setCounts.get(name) ?? 0, isBound: bound.includes(name) }));
}

/**
 * Binds a process to the modules of a name; a process that is bound stays so (cmdb §6).
 *
 * @throws GantryError `not_found` for a process, `invalid` for a name that no module of the business has
 */
export async function bindProcess(db: Db, place: BusinessPlace, binding: Binding, actor: Actor): Promise<void> {
  const { processId, moduleName } = binding;
  await transact(db, async (tx) => {
    await stayInBusiness(tx, place);
    await stayOfProcess(tx, place, processId);
    if (!(await lockModuleName(tx, place.businessId, moduleName))) throw noSuchModule(moduleName);
    const isNew = await insertBinding(tx, { businessId: place.businessId, ...binding });
    if (isNew) await audit(tx, place, actor, `bind module [${moduleName}]`, binding);
  });
}

/**
 * Takes a process from the modules of a name; one that is not bound to them stays so.
 *
 * @throws GantryError `not_found` for a process that is not there
 */
export async function unbindProcess(db: Db, place: BusinessPlace, binding: Binding, actor: Actor): Promise<void> {
  await transact(db, async (tx) => {
    await stayInBusiness(tx, place);
    await stayOfProcess(tx, place, binding.processId);
    const wasBound = await deleteBinding(tx, { businessId: place.businessId, ...binding });
    if (wasBound) await audit(tx, place, actor, `unbind module [${binding.moduleName}]`, binding);
  });
}

function noSuchModule(name: string): GantryError {
  const message = `no set of this business has a module "${name}" that processes may be bound to`;
  return wrongField(message, { code: 'unknown', args: { field: 'module_name' } });
}

async function audit(
  tx: DbOrTransaction,
  { projectId }: BusinessPlace,
  actor: Actor,
  text: string,
  { processId }: Binding,
): Promise<void> {
  const object = `process ${processId}`;
  await insertAudit(tx, { ...auditOf(actor), projectId, action: 'update', object, detail: { text } });
}

/** As the database sorts names. */
function byCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
