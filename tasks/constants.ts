import type { Rights } from '../access/rights';
import type { Actor } from '../base/actor';
import { GantryError } from '../base/error';
import { auditOf, hasAudit, insertAudit, isOvertaken } from '../db/audit';
import type { DbOrTransaction } from '../db/connection';
import { findProgram, findTree, lockTask, type TaskRecord, updateTree } from '../db/tasks';
import { transact } from '../db/transaction';
import type { JsonObject } from '../pipeline/json';
import { bareName } from '../pipeline/names';
import type { Program } from '../pipeline/program';
import { own } from '../pipeline/tree/own';
import { setConstants } from '../pipeline/tree/set-constants';
import type { Constant, PipelineTree } from '../pipeline/tree/types';
import { definitionValue } from '../pipeline/variable-types';
import { recompileTree } from '../trees/prepare';
import { sealValues } from '../trees/seal';
import { type Operating, operateTask, operationId } from './operate';
import { refuseRollout } from './refuse-rollout';

/** Who changes constants, and under which id. */
interface Change {
  actor: Actor;
  rights: Rights;
  requestId?: string | undefined;
}

/**
 * Gives constants of a task, by key `${name}`, new values: before it starts, and also while it is paused or has failed
 * (bk-sops §7.3). Keys that the task does not have are ignored.
 *
 * @throws GantryError `invalid` when a constant is hidden or an output or the task is finished; `refused` when a started
 *   task is neither paused nor failed, or the value was fixed at its start
 */
export async function modifyConstants(
  services: Operating,
  task: TaskRecord,
  values: JsonObject,
  change: Change,
): Promise<void> {
  const { actor, rights } = change;
  refuseRollout(task, 'its constants cannot be changed');
  const audit = { ...auditOf(actor), projectId: task.project_id, taskId: task.id, action: 'update' };
  const isDone = await transact(services.db, async (tx) => {
    const current = await lockTask(tx, task.id);
    if (current?.phase !== 'created') return false;
    const { changed, ...made } = await withConstants(tx, task, values, rights);
    const isNew = await insertAudit(tx, {
      ...audit,
      ...operationOf(change),
      detail: { constants: Object.keys(changed) },
    });
    if (isNew && Object.keys(changed).length > 0) await updateTree(tx, task.id, made);
    return true;
  });
  if (!isDone) await modifyStarted(services, task, values, change);
}

function operationOf({ requestId }: Change): { operationId?: string } {
  return requestId === undefined ? {} : { operationId: operationId(requestId, { action: 'set_constants' }) };
}

async function modifyStarted(services: Operating, task: TaskRecord, values: JsonObject, change: Change): Promise<void> {
  const { actor, rights, requestId } = change;
  const { db } = services;
  const { operationId } = operationOf(change);
  // Accepted before the task started.
  if (operationId && (await hasAudit(db, { taskId: task.id, action: 'update', operationId }))) return;
  if (task.phase === 'ended') throw new GantryError('invalid', `task is finished: task ${task.id} is ${task.shown}`);
  const { tree, changed } = await withConstants(db, task, values, rights);
  if (Object.keys(changed).length === 0) return;
  const constants = Object.keys(changed).map((key) => [bareName(key), definitionValue(tree.constants[key]!)]);
  const request = { action: 'set_constants' as const, constants: Object.fromEntries(constants) };
  // A task that was started while we looked is no longer the created one that we were given.
  const started: TaskRecord = task.phase === 'created' ? { ...task, phase: 'starting' } : task;
  await operateTask(services, started, request, {
    actor,
    rights,
    ...(requestId === undefined ? {} : { id: requestId }),
  });
  // The machine has taken it: what people see of the task follows.
  await transact(db, async (tx) => {
    await lockTask(tx, task.id);
    // One that comes again is not done again: what came after it holds.
    const isOld = operationId && (await isOvertaken(tx, { taskId: task.id, action: 'set_constants', operationId }));
    if (!isOld) await rewriteConstants(tx, task, values, rights);
  });
}

/**
 * Writes new values into a task's tree and its program alike; the task is locked by the caller's transaction.
 *
 * @returns the constants that have new values
 */
export async function rewriteConstants(
  tx: DbOrTransaction,
  task: TaskRecord,
  values: JsonObject,
  rights: Rights,
): Promise<Record<string, Constant>> {
  const { tree, program, changed } = await withConstants(tx, task, values, rights);
  if (Object.keys(changed).length > 0) await updateTree(tx, task.id, { tree, program });
  return changed;
}

async function withConstants(db: DbOrTransaction, { id, project_id }: TaskRecord, values: JsonObject, rights: Rights) {
  const [tree, { rerunLimit }] = [await findTree<PipelineTree>(db, id), await findProgram<Program>(db, id)];
  const known = Object.entries(values).filter(([key]) => own(tree.constants, key));
  requireChangeable(tree.constants, Object.keys(Object.fromEntries(known)));
  const sealed = sealValues(tree, Object.fromEntries(known), { place: project_id, rights });
  const constants = setConstants(tree.constants, { values: sealed });
  const rewritten: PipelineTree = { ...tree, constants };
  const changed = Object.fromEntries(Object.keys(sealed).map((key) => [key, constants[key]!]));
  return { tree: rewritten, program: recompileTree(rewritten, Object.keys(changed), rerunLimit), changed };
}

/** Hidden constants are the template's own, outputs their node's. */
function requireChangeable(constants: Record<string, Constant>, keys: string[]): void {
  const outputs = keys.filter((key) => constants[key]!.source_type === 'component_outputs');
  const hidden = keys.filter((key) => constants[key]!.show_type === 'hide' && !outputs.includes(key));
  if (outputs.length + hidden.length === 0) return;
  const list = (of: string[]) => `[${of.join(', ')}]`;
  throw new GantryError(
    'invalid',
    `setting task parameters failed: outputs ${list(outputs)} and hidden variables ${list(hidden)} cannot be changed. ` +
      'Please check the variables | set_task_constants',
  );
}
