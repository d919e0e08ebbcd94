import { setTimeout as delay } from 'node:timers/promises';
import { deleteAudit, insertAudit } from '../db/audit';
import { findTask, type TaskRecord } from '../db/tasks';
import { checkTask, type TaskStatus } from '../pipeline/machine';
import { newRequestId } from '../temporal/pipelines';
import type { SignalName, UpdateInput } from '../workflows/contract';
import { type Actor, auditOf } from './actor';
import { GantryError } from './error';
import type { Request } from './request';
import { requireSendable } from './request-size';
import type { Rights } from './rights';
import { sealRequest } from './seal';
import type { Services } from './services';

const ATTEMPTS = 5;
const BETWEEN_ATTEMPTS_MS = 50;

/**
 * Pauses, resumes or stops a task: a signal, which is kept also while no worker is up. What is not possible in the
 * task's state is refused before it is sent.
 */
export async function signalTask(
  services: Services,
  task: TaskRecord,
  action: SignalName,
  actor: Actor,
): Promise<void> {
  requireStarted(task);
  const refusal = (await services.pipelines.check(task.id, action)) ?? checkTask(recordedView(task), action);
  if (refusal && refusal !== 'possible') throw new GantryError('refused', refusal.message);
  const isLeft = await audited(services, task, actor, { action }, () =>
    services.pipelines.signal(task.id, action, { id: newRequestId(), by: actor.username }),
  );
  if (!isLeft) throw new GantryError('unavailable', `task ${task.id} is not running yet: try again`);
}

/**
 * Asks a running task to do something with a node, and waits for its answer.
 *
 * @throws GantryError `too_large`, `invalid`, `refused` with the node's state, `unavailable` when no worker answers: the request may then be
 *   sent again with the same id
 */
export async function operateTask(
  services: Services,
  task: TaskRecord,
  request: Request,
  { actor, rights, id: givenId }: { actor: Actor; rights: Rights; id?: string },
): Promise<void> {
  requireStarted(task);
  requireSendable(request);
  const id = givenId ?? newRequestId();
  // The id is the client's word for this operation: with another one it is another request.
  const operationId = [id, request.action, 'node' in request ? request.node : ''].join('/');
  const sealed = await sealRequest(services.db, task.id, request, { projectId: task.project_id, rights });
  const update = { ...sealed, id: operationId, by: actor.username } as UpdateInput;
  // Only who chose the id can have sent it before.
  const send = givenId === undefined ? updateRunning : updateOnce;
  const answer = await audited(services, task, actor, request, () => send(services, task, update));
  switch (answer.kind) {
    case 'accepted':
      return;
    case 'refused':
      throw new GantryError(answer.reason === 'not_found' ? 'not_found' : 'refused', answer.message);
    case 'ended':
      throw new GantryError('refused', `task ${task.id} is ${answer.shown}: ${request.action} is not possible`);
    case 'no_worker':
    case 'not_running':
      throw new GantryError('unavailable', `no worker answers; repeat the request with request_id ${id}`, {
        details: [{ request_id: id }],
      });
    default:
      answer satisfies never;
  }
}

/** Records an operation before it is sent: one that is done is never missing, one that failed is taken back. */
async function audited<T extends boolean | { kind: string }>(
  { db }: Services,
  task: TaskRecord,
  actor: Actor,
  request: { action: string; node?: string },
  send: () => Promise<T>,
): Promise<T> {
  const id = await insertAudit(db, {
    ...auditOf(actor),
    projectId: task.project_id,
    taskId: task.id,
    action: request.action === 'stop' ? 'revoke' : request.action,
    ...(request.node === undefined ? {} : { nodeId: request.node }),
  });
  const answer = await send();
  const isDone = typeof answer === 'boolean' ? answer : answer.kind === 'accepted';
  // Without an answer it may be done yet: the record stays.
  const isUnknown = typeof answer === 'object' && answer.kind === 'no_worker';
  if (!isDone && !isUnknown) await deleteAudit(db, id);
  return answer;
}

/**
 * Between two runs of a long task, and while it is starting, there is no workflow for a moment. The same id makes it safe
 * to ask again.
 */
async function updateRunning({ db, pipelines }: Services, task: TaskRecord, operation: UpdateInput) {
  for (let attempt = 1; ; attempt++) {
    const answer = await pipelines.update(task.id, operation);
    if (answer.kind !== 'not_running') return answer;
    const current = await findTask(db, task.project_id, task.id);
    if (!current || current.phase === 'ended') return { kind: 'ended' as const, shown: current?.shown ?? 'gone' };
    if (attempt === ATTEMPTS) return answer;
    await delay(BETWEEN_ATTEMPTS_MS * attempt);
  }
}

/** As `updateRunning`. What was accepted is accepted again, also when its answer got lost and the task has ended since. */
async function updateOnce(services: Services, task: TaskRecord, operation: UpdateInput) {
  const answer = await updateRunning(services, task, operation);
  if (answer.kind !== 'ended') return answer;
  const wasAccepted = await services.pipelines.wasAccepted(task.id, operation.id);
  if (wasAccepted === undefined) return { kind: 'no_worker' as const };
  return wasAccepted ? { kind: 'accepted' as const } : answer;
}

function requireStarted(task: TaskRecord): void {
  if (task.phase === 'created') throw new GantryError('wrong_state', `task not started: task ${task.id} is CREATED`);
}

/** What the records know of a task's state, for when no worker answers. */
function recordedView(task: TaskRecord) {
  return {
    pipelines: [{ status: task.status as TaskStatus, values: {}, failed: 0, suspended: 0 }],
    context: { taskId: task.id },
  };
}
