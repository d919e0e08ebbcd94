import type { Actor } from '../../base/actor';
import { GantryError, wrongField } from '../../base/error';
import { stringifyJson } from '../../base/json';
import {
  type ActionRecord,
  deleteImplementationsOf,
  type ImplementationRecord,
  insertImplementation,
  listImplementationsOf,
  lockAction,
  updateImplementation,
} from '../../db/actions';
import type { Db, DbOrTransaction } from '../../db/connection';
import { toJsonText } from '../../db/json';
import { transact } from '../../db/transaction';
import { auditChanges, type Change } from '../../inventory/changes';
import { noSuch, type ProjectPlace } from '../names';
import type { Parameters } from '../parameters/types';
import { requireAction } from './actions';
import { compile } from './compile';

/** The one type that there is: an action has one implementation at most. */
const TYPE = 'ansible';

/** What an action does, unchecked. */
export interface GivenImplementation {
  type?: unknown;
  /** `{action: {module, args | content}}` */
  template?: unknown;
}

/**
 * Says what an action does; its parameters become variables of the script (orion §1.6).
 *
 * @throws GantryError `not_found` for the action; `invalid` naming what is wrong with the template, with lines of its
 * script, or when the action has an implementation
 */
export async function createImplementation(
  db: Db,
  place: ProjectPlace,
  { actionId, given }: { actionId: number; given: GivenImplementation },
  actor: Actor,
): Promise<ImplementationRecord> {
  requireType(given.type);
  return transact(db, async (tx) => {
    const action = await requireLocked(tx, place, actionId);
    const values = valuesOf(given, action);
    if ((await listImplementationsOf(tx, [actionId])).length > 0) throw isThere(actionId);
    const after = await insertImplementation(tx, { ...values, action_id: actionId, type: TYPE });
    await audit(tx, place, actor, { action: 'create', changes: [{ after }] });
    return after;
  });
}

/**
 * Changes what an action does.
 *
 * @throws GantryError `not_found` for the action, or when it has no implementation; `invalid` as createImplementation
 */
export async function changeImplementation(
  db: Db,
  place: ProjectPlace,
  { actionId, given }: { actionId: number; given: GivenImplementation },
  actor: Actor,
): Promise<void> {
  requireType(given.type);
  await transact(db, async (tx) => {
    const action = await requireLocked(tx, place, actionId);
    const [before] = await listImplementationsOf(tx, [actionId]);
    if (!before) throw noSuch('action implementation', `of action ${actionId}`);
    const after = await updateImplementation(tx, before.id, valuesOf(given, action));
    await audit(tx, place, actor, { action: 'update', changes: [{ before, after }] });
  });
}

/** Takes away what an action does; where there is nothing, that is as it should be (orion §1.6). */
export async function removeImplementation(db: Db, place: ProjectPlace, actionId: number, actor: Actor): Promise<void> {
  await transact(db, async (tx) => {
    if (!(await lockAction(tx, place.projectId, actionId))) return;
    const there = await listImplementationsOf(tx, [actionId]);
    await deleteImplementationsOf(tx, actionId);
    await audit(tx, place, actor, { action: 'delete', changes: there.map((before) => ({ before })) });
  });
}

/** @throws GantryError `not_found` for the action, or when it has no implementation */
export async function requireImplementation(
  db: DbOrTransaction,
  place: ProjectPlace,
  actionId: number,
): Promise<ImplementationRecord> {
  await requireAction(db, place, actionId);
  const [implementation] = await listImplementationsOf(db, [actionId]);
  if (implementation) return implementation;
  throw noSuch('action implementation', `of action ${actionId}`);
}

function requireType(type: unknown): void {
  if (type === undefined || type === null || type === '' || type === TYPE) return;
  const message = `type is ${stringifyJson(type).slice(0, 100)}: ${TYPE} is the only one`;
  throw wrongField(message, { code: 'malformed', args: { field: 'type', wanted: 'choice' } });
}

function valuesOf({ template }: GivenImplementation, { parameters }: ActionRecord) {
  return { ...compile(template, parameters as Parameters), template: toJsonText(template) };
}

async function requireLocked(tx: DbOrTransaction, { projectId }: ProjectPlace, id: number): Promise<ActionRecord> {
  const action = await lockAction(tx, projectId, id);
  if (action) return action;
  throw noSuch('action', id);
}

function isThere(actionId: number): GantryError {
  return new GantryError('invalid', `action ${actionId} has an implementation of the type ${TYPE}: change that one`, {
    reason: { code: 'duplicate', args: { what: 'action implementation', name: 'action_id' } },
    details: [{ action: actionId, type: TYPE }],
  });
}

function audit(
  tx: DbOrTransaction,
  place: ProjectPlace,
  actor: Actor,
  done: { action: string; changes: readonly Change<ImplementationRecord>[] },
): Promise<void> {
  return auditChanges(tx, place, actor, { what: 'action implementation', ...done });
}
