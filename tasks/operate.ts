import type { Rights } from '../access/rights';
import type { Actor } from '../base/actor';
import { GantryError } from '../base/error';
import type { Reason } from '../base/reason';
import type { Db } from '../db/connection';
import { findNodeExecution } from '../db/node-executions';
import { findTask, showPromised, type TaskRecord } from '../db/tasks';
import { checkTask, type TaskStatus, wordOf } from '../pipeline/machine';
import { askRepeatedly } from '../temporal/attempts';
import { newRequestId } from '../temporal/pipelines';
import { isSignal, type SignalName, type UpdateInput } from '../workflows/contract';
import { recorded } from './operation-record';
import type { Request } from './request';
import { requireSendable } from './request-size';
import { sealRequest } from './seal-request';
import type { Services } from './services';
import { requireHostsSaid } from './which-hosts';
import { wrongState } from './wrong-state';

/** What operating takes. */
export type Operating = Pick<Services, 'db' | 'pipelines'>;

/** How long a worker has time to answer what can be left as a signal. */
const SIGNAL_TIMEOUT_MS = 3_000;

/** What a task becomes by a signal. */
const PROMISED = { pause: 'SUSPENDED', resume: 'RUNNING', stop: 'REVOKED' } as const satisfies Record<
  SignalName,
  TaskStatus
>;

/** Who asks, and under which id, when the client has one: then the request may come again. */
export interface Asked {
  actor: Actor;
  rights: Rights;
  id?: string;
}

/**
 * Asks a running task to do something, and waits for its answer: whoever reads after that sees what it led to. A pause, a
 * resume and a stop are kept for later when no worker answers.
 *
 * @throws GantryError `too_large`, `invalid`, `refused` with the node's state, `unavailable` when no worker answers: the request may then be
 *   sent again with the same id
 */
export async function operateTask(
  services: Operating,
  task: TaskRecord,
  request: Request,
  { actor, rights, id: givenId }: Asked,
): Promise<void> {
  requireStarted(task);
  requireSendable(request);
  await requireHostsSaid(services.db, task, request);
  const id = givenId ?? newRequestId();
  const sealed = await sealRequest(services.db, task.id, request, { projectId: task.project_id, rights });
  const operation = { ...sealed, id: operationId(id, request), by: actor.username } as UpdateInput;
  // Only who has an id can have sent it before.
  const mayHaveCome = givenId !== undefined;
  const answer = await recorded(services.db, task, { operation, actor }, async (isRepeated) => {
    const given = await update(services, task, operation, mayHaveCome);
    const isLeft = given.kind === 'no_worker' && isSignal(operation.action);
    return isLeft ? leaveSignal(services, task, operation, isRepeated) : given;
  });
  switch (answer.kind) {
    case 'accepted':
      return;
    case 'refused':
      throw new GantryError(answer.reason === 'not_found' ? 'not_found' : 'refused', answer.message, {
        reason: reasonOf(answer.reason, task, request),
      });
    case 'ended':
      throw new GantryError(
        'refused',
        `task ${task.id} is ${answer.shown}: ${wordOf(request.action)} is not possible`,
        {
          reason: wrongState(task.id, answer.shown),
        },
      );
    case 'no_worker':
    case 'not_running': {
      const reason = answer.kind === 'no_worker' ? 'no worker answers' : `task ${task.id} is not running yet`;
      const details = [{ request_id: id }];
      throw new GantryError('unavailable', `${reason}; repeat the request with request_id ${id}`, { details });
    }
    default:
      answer satisfies never;
  }
}

function reasonOf(refusal: string, task: TaskRecord, request: Request): Reason | undefined {
  if (refusal !== 'wrong_state' && refusal !== 'not_found') return undefined;
  if (!('node' in request)) return wrongState(task.id, task.shown);
  return { code: refusal, args: { what: 'node', id: request.node } };
}

/** Whether a request with this id of its client was accepted before; also when its task, or what it was about, is over. */
export async function wasAccepted(
  { pipelines }: Operating,
  task: TaskRecord,
  request: Pick<Request, 'action'> & { node?: string },
  id: string,
): Promise<boolean> {
  return (await pipelines.wasAccepted(task.id, operationId(id, request))) === true;
}

/** The id is the client's word for this operation: with another one it is another request. */
export function operationId(id: string, request: { action: string; node?: string }): string {
  return [id, request.action, request.node ?? ''].join('/');
}

/**
 * Sends an operation until it is answered for good; the same id makes it safe to send it again.
 *
 * @param mayHaveCome whether the request may have been sent before
 */
async function update(services: Operating, task: TaskRecord, operation: UpdateInput, mayHaveCome: boolean) {
  const { db, pipelines } = services;
  const timeout = isSignal(operation.action) ? SIGNAL_TIMEOUT_MS : undefined;
  const findCurrent = () => findTask(db, task.project_id, task.id);
  const answer = await askRepeatedly(
    () => pipelines.update(task.id, operation, timeout),
    async (given) => {
      if (given.kind === 'refused') return given.reason === 'wrong_state' && isShownFailed(db, task, operation);
      return given.kind === 'not_running' && !isOver(await findCurrent());
    },
  );
  if (answer.kind === 'accepted' || answer.kind === 'refused') return answer;
  const current = await findCurrent();
  if (!isOver(current)) return answer;
  // An update may have been heard by a workflow that has ended since, and its answer be lost.
  const mayBeDone = mayHaveCome || answer.kind === 'no_worker';
  return answerOfEnded(services, { taskId: task.id, current, operation, mayBeDone });
}

/** A node's row may say that it has failed a moment before its workflow hears of it. */
async function isShownFailed(db: Db, task: TaskRecord, operation: UpdateInput): Promise<boolean> {
  if (operation.action !== 'retry' && operation.action !== 'skip') return false;
  return (await findNodeExecution(db, task.id, operation.node))?.status === 'FAILED';
}

interface Ended {
  taskId: number;
  /** Its row now, if there is one. */
  current: TaskRecord | undefined;
  operation: UpdateInput;
  /** Whether the workflow may have heard of the operation. */
  mayBeDone: boolean;
}

/** What was accepted is accepted again, also when its answer got lost and the task has ended since. */
async function answerOfEnded({ pipelines }: Operating, { taskId, current, operation, mayBeDone }: Ended) {
  const wasAccepted = mayBeDone ? await pipelines.wasAccepted(taskId, operation.id) : false;
  if (wasAccepted === undefined) return { kind: 'no_worker' as const };
  return wasAccepted ? { kind: 'accepted' as const } : endedAs(current);
}

function isOver(task: TaskRecord | undefined): boolean {
  return task === undefined || task.phase === 'ended';
}

function endedAs(task: TaskRecord | undefined) {
  return { kind: 'ended' as const, shown: task?.shown ?? 'gone' };
}

/**
 * Nobody answers: the request is kept on the server until somebody does, and who reads the task sees what was promised.
 * One that comes again has been promised before; what came after it holds.
 */
async function leaveSignal(
  { db, pipelines }: Operating,
  task: TaskRecord,
  { action, id, by }: UpdateInput,
  isRepeated: boolean,
) {
  if (!isSignal(action)) throw new Error(`${action} is no signal`);
  const current = await findTask(db, task.project_id, task.id);
  if (!current || isOver(current)) return isRepeated ? { kind: 'no_worker' as const } : endedAs(current);
  const refusal = isRepeated ? null : checkTask(recordedView(current), action);
  if (refusal) return { kind: 'refused' as const, reason: refusal.kind, message: refusal.message };
  const isLeft = await pipelines.signal(task.id, action, { id, ...(by ? { by } : {}) });
  if (!isLeft) return { kind: 'not_running' as const };
  if (!isRepeated) await showPromised(db, task.id, { seq: current.seq, status: PROMISED[action] });
  return { kind: 'accepted' as const };
}

function requireStarted(task: TaskRecord): void {
  if (task.phase !== 'created') return;
  throw new GantryError('wrong_state', `task not started: task ${task.id} is CREATED`, {
    reason: wrongState(task.id, 'CREATED'),
  });
}

/** What the records know of a task's state, for when no worker answers. */
function recordedView(task: TaskRecord) {
  return {
    pipelines: [{ status: task.status as TaskStatus, values: {}, failed: 0, suspended: 0 }],
    context: { taskId: task.id },
  };
}
