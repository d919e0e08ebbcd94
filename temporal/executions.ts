import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

const { EventType, HistoryEventFilterType, RetryState, TimeoutType, WorkflowTaskFailedCause } = temporal.api.enums.v1;

/** Newest events that are looked through for why a workflow does not get on: pages, and events of each. */
const MAX_PAGES = 20;
const PAGE = 100;
const MAX_REASON = 4_000;

/** How a workflow stands. */
export type Execution =
  | { kind: 'running'; runId: string; taskAttempt: number }
  /** `reason`: why, in words; empty when it ended by itself. */
  | { kind: 'ended'; status: string; reason: string; at: Date };

/** Why a workflow's task is tried again and again. */
export interface TaskFailure {
  /** `failed`: the workflow's code, or what it asked for. `code`: not the one that wrote the history. `lost`: no answer. */
  kind: 'failed' | 'code' | 'lost';
  message: string;
  /** When the task was asked for that is tried: no task of the workflow was done since. */
  since: Date;
}

/** Not the fault of what the workflow is about. */
const PASSING = new Set([
  WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
  WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_STICKY_TASK_QUEUE,
  WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FAILOVER_CLOSE_COMMAND,
  WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW,
]);

/** How the newest run of a workflow stands. @throws WorkflowNotFoundError */
export async function lookAt(client: Client, workflowId: string): Promise<Execution> {
  const { runId, status, raw, closeTime = new Date() } = await client.workflow.getHandle(workflowId).describe();
  if (status.name === 'RUNNING') {
    return { kind: 'running', runId, taskAttempt: raw.pendingWorkflowTask?.attempt ?? 0 };
  }
  return {
    kind: 'ended',
    status: status.name,
    reason: await readEnd(client, workflowId, runId, status.name),
    at: closeTime,
  };
}

/** Why the server, or somebody at it, ended a run: from the last event of its history. */
async function readEnd(client: Client, workflowId: string, runId: string, status: string): Promise<string> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    historyEventFilterType: HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
  });
  const last = history?.events?.at(-1);
  const terminated = last?.workflowExecutionTerminatedEventAttributes;
  if (terminated) return terminated.reason || 'no reason was given';
  if (last?.workflowExecutionFailedEventAttributes) {
    return messageOf(last.workflowExecutionFailedEventAttributes.failure) || 'its workflow failed';
  }
  const timedOut = last?.workflowExecutionTimedOutEventAttributes;
  if (timedOut) return `its workflow ran out of time (${RetryState[timedOut.retryState ?? 0]})`;
  return status === 'COMPLETED' ? '' : `its workflow is ${status}`;
}

/**
 * Why the pending task of a run is tried again: of tries in a row the server keeps the first.
 *
 * @returns undefined when its last task was done
 */
export async function findTaskFailure(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<TaskFailure | undefined> {
  let found: Omit<TaskFailure, 'since'> | undefined;
  for await (const event of newestFirst(client, workflowId, runId)) {
    if (event.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) return undefined;
    found ??= failureOf(event);
    if (found && event.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED) {
      return { ...found, since: new Date(Number(event.eventTime?.seconds ?? 0) * 1000) };
    }
  }
  return undefined;
}

/** The newest events of a run: what came while its task was tried may be much. */
async function* newestFirst(client: Client, workflowId: string, runId: string) {
  let nextPageToken: Uint8Array | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: PAGE,
      ...(nextPageToken ? { nextPageToken } : {}),
    });
    yield* answer.history?.events ?? [];
    nextPageToken = answer.nextPageToken;
    if (!nextPageToken?.length) return;
  }
}

function failureOf(event: temporal.api.history.v1.IHistoryEvent): Omit<TaskFailure, 'since'> | undefined {
  const failed = event.workflowTaskFailedEventAttributes;
  if (failed) {
    const cause = failed.cause ?? WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNSPECIFIED;
    if (PASSING.has(cause)) return undefined;
    const isCode = cause === WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR;
    return { kind: isCode ? 'code' : 'failed', message: messageOf(failed.failure) || causeName(cause) };
  }
  if (event.workflowTaskTimedOutEventAttributes?.timeoutType === TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE) {
    return { kind: 'lost', message: 'the worker that had it gave no answer in time' };
  }
  return undefined;
}

function messageOf(failure: temporal.api.failure.v1.IFailure | null | undefined): string {
  let cause = failure;
  while (cause?.cause?.message) cause = cause.cause;
  return (cause?.message ?? '').slice(0, MAX_REASON);
}

function causeName(cause: temporal.api.enums.v1.WorkflowTaskFailedCause): string {
  return (WorkflowTaskFailedCause[cause] ?? '').replace('WORKFLOW_TASK_FAILED_CAUSE_', '').toLowerCase();
}
