import type { Actor } from '../../base/actor';
import {
  type ActionRecord,
  deleteAction,
  findAction,
  findStepOfAction,
  insertAction,
  listImplementationsOf,
  lockAction,
  updateAction,
  updateImplementation,
} from '../../db/actions';
import type { Db, DbOrTransaction } from '../../db/connection';
import { toJsonText } from '../../db/json';
import { transact } from '../../db/transaction';
import { auditChanges } from '../../inventory/changes';
import { type GivenNames, inUse, nameTaken, noSuch, type ProjectPlace, readNameChanges, readNames } from '../names';
import { type Parameters, readParameters } from '../parameters/types';
import { compile } from './compile';

/** What is said of an action, unchecked; absent: nothing is said. */
export interface GivenAction extends GivenNames {
  /** Types by name. */
  parameters?: unknown;
}

/**
 * Makes an action, which does nothing until it has an implementation (orion §1.6).
 *
 * @throws GantryError `invalid` naming the field, or the name that another action has
 */
export async function createAction(
  db: Db,
  place: ProjectPlace,
  given: GivenAction,
  actor: Actor,
): Promise<ActionRecord> {
  const names = readNames('action', given);
  const parameters = toJsonText(readParameters(given.parameters, 'parameters'));
  return transact(db, async (tx) => {
    const after = await insertAction(tx, { ...names, parameters, project_id: place.projectId });
    await auditChanges(tx, place, actor, { what: 'action', action: 'create', changes: [{ after }] });
    return after;
  }).catch((error: unknown) => {
    throw nameTaken('action', error, 'create');
  });
}

/**
 * Changes what is given. Its implementation goes with its parameters: one that it names is not taken away (orion §3.6).
 *
 * @throws GantryError `not_found`; `invalid` as createAction, and saying where a script needs parameters as they were
 */
export async function changeAction(
  db: Db,
  place: ProjectPlace,
  { id, given }: { id: number; given: GivenAction },
  actor: Actor,
): Promise<void> {
  const names = readNameChanges('action', given);
  const parameters = given.parameters === undefined ? undefined : readParameters(given.parameters, 'parameters');
  const changes = { ...names, ...(parameters && { parameters: toJsonText(parameters) }) };
  await transact(db, async (tx) => {
    const before = await lockAction(tx, place.projectId, id);
    if (!before) throw noSuch('action', id);
    if (Object.keys(changes).length === 0) return;
    if (parameters) await compileAgain(tx, id, parameters);
    const after = await updateAction(tx, id, changes);
    await auditChanges(tx, place, actor, { what: 'action', action: 'update', changes: [{ before, after }] });
  }).catch((error: unknown) => {
    throw nameTaken('action', error, 'update');
  });
}

async function compileAgain(tx: DbOrTransaction, actionId: number, parameters: Parameters): Promise<void> {
  for (const { id, template } of await listImplementationsOf(tx, [actionId])) {
    await updateImplementation(tx, id, compile(template, parameters));
  }
}

/**
 * Deletes an action with its implementation.
 *
 * @throws GantryError `not_found`; `wrong_state` naming a remote step that has it
 */
export async function removeAction(db: Db, place: ProjectPlace, id: number, actor: Actor): Promise<void> {
  await transact(db, async (tx) => {
    const before = await lockAction(tx, place.projectId, id);
    if (!before) throw noSuch('action', id);
    const step = await findStepOfAction(tx, id);
    if (step) throw inUse({ kind: 'action', id }, { kind: 'remote step', ...step });
    await deleteAction(tx, id);
    await auditChanges(tx, place, actor, { what: 'action', action: 'delete', changes: [{ before }] });
  });
}

/** @throws GantryError `not_found` */
export async function requireAction(db: DbOrTransaction, { projectId }: ProjectPlace, id: number) {
  const action = await findAction(db, projectId, id);
  if (action) return action;
  throw noSuch('action', id);
}
