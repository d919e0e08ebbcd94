import { randomUUID } from 'node:crypto';
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { NEWEST_LANGUAGE } from '../pipeline/language/python/rules';
import type { State, TakenOver, TaskContext } from '../pipeline/machine';
import type { Program } from '../pipeline/program';
import {
  ACCEPTED_QUERY,
  type OperationAnswer,
  PIPELINE_WORKFLOW,
  type PipelineInput,
  RECORDED_UPDATE,
  type SignalInput,
  type SignalName,
  STATE_QUERY,
  type UpdateInput,
} from '../workflows/contract';
import { type Attempts, askRepeatedly, callInAttempts } from './attempts';
import { isInBetween, isNamed, isOutOfTime, isUnreachable } from './errors';
import { type Execution, findTaskFailure, lookAt, type TaskFailure } from './executions';
import { Lanes } from './lanes';
import { type Installation, searchAttributes, taskQueueOf, workflowIdOf } from './names';
import { Namespace } from './namespace';
import { requireCarriable } from './size';

const PING_TIMEOUT_MS = 3_000;
const UPDATE_TIMEOUT_MS = 10_000;
/**
 * A worker that evicts a workflow which has just ended loses queries that it holds for it ("leftover buffered tasks", SDK
 * 1.24): they hang. Who comes later finds what the first attempt has replayed.
 */
const QUERY_ATTEMPTS: Attempts = { attemptMs: 3_000, callMs: UPDATE_TIMEOUT_MS, mayPass: isOutOfTime };

/**
 * Updates that an API process sends to one workflow at a time. The server takes ten, from all processes together; with more,
 * clients wait ever longer, and workers lose workflow tasks (seen with SDK 1.24: "Workflow task not found").
 */
const MAX_UPDATES_AT_ONCE = 3;

/** Type of the server's refusal when a worker ended a workflow task without looking at the update that came with it. */
const PASSED_BY = 'UnprocessedUpdate';

/** How a worker of an older build refuses an update that it does not know. */
const NOT_KNOWN = 'No registered handler for update';

export interface PipelineStart {
  program: Program;
  context: TaskContext;
  name: string;
  projectId: number;
  templateId: string | null;
  isPaused: boolean;
  /** Of a task that goes on with another one. */
  taken?: TakenOver | undefined;
}

/** How an update ended: accepted, refused by the workflow, or not answered in time (the request may be repeated). */
export type UpdateAnswer =
  | { kind: 'accepted'; result?: unknown }
  | { kind: 'refused'; reason: string; message: string }
  | Silence;
/** `not_running`: there is no workflow that could take it: not any more, not yet, or between two runs. */
type Silence = { kind: 'no_worker' } | { kind: 'not_running' };

/** Workflows of tasks on the Temporal server. */
export class Pipelines {
  /** Where they are. */
  readonly namespace: Namespace;
  readonly #lanes = new Lanes(MAX_UPDATES_AT_ONCE);

  constructor(
    private readonly client: Client,
    private readonly installation: Installation,
  ) {
    this.namespace = new Namespace(client, installation);
  }

  /**
   * Starts the workflow of a task, once: a repeated start finds the first one, also when it is over already. With
   * `isPaused` a pause is delivered with the start.
   *
   * @throws TooLarge
   */
  async start({ program, context, name, projectId, templateId, isPaused, taken }: PipelineStart): Promise<void> {
    const rules = { recordsAlong: true, answersRecorded: true, language: NEWEST_LANGUAGE };
    const input = { program, context, ...rules, ...(taken ? { taken } : {}) } satisfies PipelineInput;
    await requireCarriable(`what task ${context.taskId} starts with`, input);
    const options = {
      workflowId: workflowIdOf(this.installation, context.taskId),
      taskQueue: taskQueueOf(this.installation),
      args: [input],
      workflowIdConflictPolicy: 'USE_EXISTING' as const,
      workflowIdReusePolicy: 'REJECT_DUPLICATE' as const,
      staticSummary: name,
      typedSearchAttributes: [
        { key: searchAttributes.taskId, value: context.taskId },
        { key: searchAttributes.projectId, value: projectId },
        { key: searchAttributes.state, value: 'RUNNING' },
        ...(templateId === null ? [] : [{ key: searchAttributes.templateId, value: templateId }]),
      ],
    };
    try {
      if (isPaused) {
        // The same id at every repetition: a task that was resumed meanwhile is not paused again.
        const signalArgs = [{ id: 'start-paused' } satisfies SignalInput];
        await this.client.workflow.signalWithStart(PIPELINE_WORKFLOW, { ...options, signal: 'pause', signalArgs });
      } else {
        await this.client.workflow.start(PIPELINE_WORKFLOW, options);
      }
    } catch (error) {
      if (!isNamed(error, WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }

  /** Leaves a signal; it is durable once this returns. False: the workflow is over. */
  async signal(taskId: number, name: SignalName, input: SignalInput): Promise<boolean> {
    try {
      await this.#handle(taskId).signal(name, input);
      return true;
    } catch (error) {
      if (isNamed(error, WorkflowNotFoundError)) return false;
      throw error;
    }
  }

  /**
   * Sends an operation, which the machine knows by its id: sent again, it is one request. The update has no id of its own
   * for that, because under it the server would give a refusal again that no longer holds. Once it is accepted, what it led
   * to is in Postgres, as far as a worker can be reached that writes it.
   */
  async update(taskId: number, operation: UpdateInput, timeoutMs = UPDATE_TIMEOUT_MS): Promise<UpdateAnswer> {
    const answer = await this.#update(taskId, operation.action, [operation], timeoutMs);
    if (answer.kind === 'accepted' && !isRecorded(answer)) await this.#untilRecorded(taskId);
    return answer;
  }

  /** A run that has just ended, or one of an older build, answers before it has written what an operation led to. */
  async #untilRecorded(taskId: number): Promise<void> {
    const ask = () => this.#update(taskId, RECORDED_UPDATE, [], UPDATE_TIMEOUT_MS);
    await askRepeatedly(ask, (answer) => answer.kind === 'accepted' && !isRecorded(answer));
  }

  async #update(taskId: number, name: string, args: unknown[], timeoutMs: number): Promise<UpdateAnswer> {
    const deadline = Date.now() + timeoutMs;
    const ask = () => this.#lanes.run(taskId, () => this.#updateOnce(taskId, name, args, deadline));
    // One that came between two workflow tasks, or two runs, left no trace.
    const answer = await askRepeatedly(ask, ({ kind }) => kind === 'in_between');
    return answer.kind === 'in_between' ? { kind: 'not_running' } : answer;
  }

  async #updateOnce(
    taskId: number,
    name: string,
    args: unknown[],
    deadline: number,
  ): Promise<UpdateAnswer | { kind: 'in_between' }> {
    // Who has waited for the others in vain would wait in vain too.
    if (Date.now() >= deadline) return { kind: 'no_worker' };
    try {
      const send = () => this.#handle(taskId).executeUpdate(name, { args: args as [unknown] });
      return { kind: 'accepted', result: await this.client.withDeadline(deadline, send) };
    } catch (error) {
      if (isNamed(error, WorkflowNotFoundError)) return { kind: 'not_running' };
      if (isInBetween(error)) return { kind: 'in_between' };
      if (isTimeout(error)) return { kind: 'no_worker' };
      const cause = (error as Error).cause as { type?: string; message?: string } | undefined;
      if (cause?.message?.startsWith(NOT_KNOWN)) return { kind: 'no_worker' };
      if ((error as Error).name !== 'WorkflowUpdateFailedError' || !cause?.type) throw error;
      if (cause.type === PASSED_BY) return { kind: 'in_between' };
      return { kind: 'refused', reason: cause.type, message: cause.message ?? '' };
    }
  }

  /**
   * Whether an operation was accepted while the task ran, as far as the server still has its history.
   *
   * @returns undefined when nobody answers
   */
  async wasAccepted(taskId: number, operationId: string): Promise<boolean | undefined> {
    try {
      return await this.#query<boolean>(taskId, ACCEPTED_QUERY, operationId);
    } catch (error) {
      if (isNamed(error, WorkflowNotFoundError)) return false;
      throw error;
    }
  }

  /** The state of a task as its workflow has it, also when that has ended; undefined when nobody answers. */
  state(taskId: number): Promise<State | undefined> {
    return this.#query<State>(taskId, STATE_QUERY);
  }

  async #query<T>(taskId: number, name: string, ...args: unknown[]): Promise<T | undefined> {
    try {
      const ask = () => this.#handle(taskId).query<T, unknown[]>(name, ...args);
      return await callInAttempts(this.client, ask, QUERY_ATTEMPTS);
    } catch (error) {
      if (isUnreachable(error) || isInBetween(error)) return undefined;
      throw error;
    }
  }

  /** How a task's workflow stands; undefined when the server knows none. */
  async look(taskId: number): Promise<Execution | undefined> {
    try {
      return await lookAt(this.client, workflowIdOf(this.installation, taskId));
    } catch (error) {
      if (isNamed(error, WorkflowNotFoundError)) return undefined;
      throw error;
    }
  }

  /** Why the pending task of a workflow's run is tried again and again; undefined when it is not. */
  findTaskFailure(taskId: number, runId: string): Promise<TaskFailure | undefined> {
    return findTaskFailure(this.client, workflowIdOf(this.installation, taskId), runId);
  }

  /** Ends a run of a task's workflow from outside: nothing of it runs any more. One that has ended stays as it ended. */
  async terminate(taskId: number, runId: string, reason: string): Promise<void> {
    try {
      await this.client.workflow.getHandle(workflowIdOf(this.installation, taskId), runId).terminate(reason);
    } catch (error) {
      if (!isNamed(error, WorkflowNotFoundError)) throw error;
    }
  }

  /** Whether the server answers. */
  async isReachable(): Promise<boolean> {
    return this.client
      .withDeadline(Date.now() + PING_TIMEOUT_MS, () => this.client.workflowService.getSystemInfo({}))
      .then(
        () => true,
        () => false,
      );
  }

  /** Path of a task's execution in the Temporal Web UI. */
  uiPath(taskId: number): string {
    return `/namespaces/${this.client.options.namespace}/workflows/${workflowIdOf(this.installation, taskId)}`;
  }

  #handle(taskId: number): WorkflowHandle {
    return this.client.workflow.getHandle(workflowIdOf(this.installation, taskId));
  }
}

/** A new id for a request that brought none. */
export function newRequestId(): string {
  return randomUUID();
}

function isRecorded({ result }: UpdateAnswer & { kind: 'accepted' }): boolean {
  return (result as OperationAnswer | undefined)?.isRecorded === true;
}

function isTimeout(error: unknown): boolean {
  return (error instanceof Error && error.name === 'WorkflowUpdateRPCTimeoutOrCancelledError') || isUnreachable(error);
}
