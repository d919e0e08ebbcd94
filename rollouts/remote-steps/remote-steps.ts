import type { Actor } from '../../base/actor';
import { GantryError, wrongField } from '../../base/error';
import { groupedBy } from '../../base/grouped';
import { keepActionsNamed } from '../../db/actions';
import type { Db, DbOrTransaction } from '../../db/connection';
import type { PageOf, Rows } from '../../db/pages';
import {
  deleteRemoteStep,
  findRemoteStep,
  findTemplateOfStep,
  insertRemoteStep,
  listActionsOfSteps,
  listRemoteSteps,
  lockRemoteStep,
  type RemoteStepRecord,
  replaceActionsOfStep,
  updateRemoteStep,
} from '../../db/remote-steps';
import { transact } from '../../db/transaction';
import { auditChanges, type Change } from '../../inventory/changes';
import { type GivenNames, inUse, nameTaken, noSuch, type ProjectPlace, readNameChanges, readNames } from '../names';
import { builtInStep } from '../templates/built-in';
import { readActionNames } from './read-actions';

/** What is said of a remote step, unchecked; absent: nothing is said. */
export interface GivenRemoteStep extends GivenNames {
  /** Names of actions, in order. */
  actions?: unknown;
}

/** A remote step with the names of its actions, in order. */
export type RemoteStep = RemoteStepRecord & { actions: string[] };

/**
 * Makes a step of actions that there are (orion §1.6).
 *
 * @throws GantryError `invalid` naming the field, actions that there are not, or the name that another step has
 */
export async function createRemoteStep(
  db: Db,
  place: ProjectPlace,
  given: GivenRemoteStep,
  actor: Actor,
): Promise<RemoteStep> {
  const names = readNames('remote step', given);
  requireFree(names.name);
  const actions = readActionNames(given.actions);
  return transact(db, async (tx) => {
    const ids = await idsOf(tx, place, actions);
    const made = await insertRemoteStep(tx, { ...names, project_id: place.projectId });
    await replaceActionsOfStep(tx, made.id, ids);
    const after = { ...made, actions };
    await audit(tx, place, actor, { action: 'create', changes: [{ after }] });
    return after;
  }).catch((error: unknown) => {
    throw nameTaken('remote step', error, 'create');
  });
}

/**
 * Changes what is given; templates that have the step say its new name.
 *
 * @throws GantryError `not_found`; `invalid` as createRemoteStep
 */
export async function changeRemoteStep(
  db: Db,
  place: ProjectPlace,
  { id, given }: { id: number; given: GivenRemoteStep },
  actor: Actor,
): Promise<void> {
  const names = readNameChanges('remote step', given);
  const actions = given.actions === undefined ? undefined : readActionNames(given.actions);
  await transact(db, async (tx) => {
    // In the order in which deletions of actions come to them too.
    const ids = actions && (await idsOf(tx, place, actions));
    const found = await lockRemoteStep(tx, place.projectId, id);
    if (!found) throw noSuch('remote step', id);
    if (names.name !== undefined && names.name !== found.name) requireFree(names.name);
    if (!ids && Object.keys(names).length === 0) return;
    const before = await withActions(tx, found);
    if (ids) await replaceActionsOfStep(tx, id, ids);
    const after = { ...(await updateRemoteStep(tx, id, names)), actions: actions ?? before.actions };
    await audit(tx, place, actor, { action: 'update', changes: [{ before, after }] });
  }).catch((error: unknown) => {
    throw nameTaken('remote step', error, 'update');
  });
}

/** @throws GantryError `not_found`; `wrong_state` naming a template that has it */
export async function removeRemoteStep(db: Db, place: ProjectPlace, id: number, actor: Actor): Promise<void> {
  await transact(db, async (tx) => {
    const found = await lockRemoteStep(tx, place.projectId, id);
    if (!found) throw noSuch('remote step', id);
    const template = await findTemplateOfStep(tx, id);
    if (template) throw inUse({ kind: 'remote step', id }, { kind: 'rollout template', ...template });
    const before = await withActions(tx, found);
    await deleteRemoteStep(tx, id);
    await audit(tx, place, actor, { action: 'delete', changes: [{ before }] });
  });
}

/** @throws GantryError `not_found` */
export async function requireRemoteStep(db: DbOrTransaction, place: ProjectPlace, id: number): Promise<RemoteStep> {
  const found = await findRemoteStep(db, place.projectId, id);
  if (found) return withActions(db, found);
  throw noSuch('remote step', id);
}

/** Some of a project's steps, the newest first; with `name`, those that have it in theirs. */
export async function listSteps(
  db: DbOrTransaction,
  { projectId }: ProjectPlace,
  filter: Rows & { name: string },
): Promise<PageOf<RemoteStep>> {
  const { rows, total } = await listRemoteSteps(db, projectId, filter);
  return { rows: await allWithActions(db, rows), total };
}

async function withActions(db: DbOrTransaction, step: RemoteStepRecord): Promise<RemoteStep> {
  return (await allWithActions(db, [step]))[0]!;
}

async function allWithActions(db: DbOrTransaction, steps: readonly RemoteStepRecord[]): Promise<RemoteStep[]> {
  const ids = steps.map(({ id }) => id);
  const actions = groupedBy(await listActionsOfSteps(db, ids), ({ remote_step_id }) => remote_step_id);
  return steps.map((step) => ({ ...step, actions: (actions.get(step.id) ?? []).map(({ name }) => name) }));
}

/** Ids of actions by their names, in order; they stay until the transaction ends. */
async function idsOf(tx: DbOrTransaction, { projectId }: ProjectPlace, names: readonly string[]): Promise<number[]> {
  const found = new Map((await keepActionsNamed(tx, projectId, names)).map(({ id, name }) => [name, id]));
  const missing = [...new Set(names.filter((name) => !found.has(name)))];
  if (missing.length === 0) return names.map((name) => found.get(name)!);
  const message = `there is no action ${missing.join(', ')} in this project: make it first`;
  throw wrongField(message, { code: 'unknown', args: { field: 'actions' } });
}

function requireFree(name: string): void {
  if (!builtInStep(name)) return;
  const message = `there is a step ${name} in every project: choose another name`;
  throw new GantryError('invalid', message, {
    reason: { code: 'duplicate', args: { what: 'remote step', name: 'name' } },
    details: [{ field: 'name', message }],
  });
}

function audit(
  tx: DbOrTransaction,
  place: ProjectPlace,
  actor: Actor,
  done: { action: string; changes: readonly Change<RemoteStep>[] },
): Promise<void> {
  return auditChanges(tx, place, actor, { what: 'remote step', ...done });
}
