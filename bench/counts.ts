import type { Client, WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

/** What a run left in its history: the same on every machine and under any load. */
export interface Counts {
  events: number;
  /** Size of the history on the wire. */
  bytes: number;
  workflowTasks: number;
  activities: number;
  /** One per local activity. */
  markers: number;
  timers: number;
  /** Changes of the task's shown state. */
  upserts: number;
}

const { EventType } = temporal.api.enums.v1;

type History = temporal.api.history.v1.IHistory;

/** Counts the history of a workflow that has ended. */
export async function countsOf(handle: WorkflowHandle): Promise<Counts> {
  return countsIn(await handle.fetchHistory());
}

/** The same of each run of a workflow that goes on in new ones, the first one first. */
export async function countsOfRuns(client: Client, workflowId: string): Promise<Counts[]> {
  const runs: Counts[] = [];
  let runId: string | undefined;
  do {
    const history: History = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    runs.unshift(countsIn(history));
    runId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
  } while (runId !== undefined);
  return runs;
}

function countsIn(history: History): Counts {
  const types = (history.events ?? []).map(({ eventType }) => eventType);
  const count = (type: temporal.api.enums.v1.EventType) => types.filter((found) => found === type).length;
  return {
    events: types.length,
    bytes: temporal.api.history.v1.History.encode(history).finish().length,
    workflowTasks: count(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED),
    activities: count(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED),
    markers: count(EventType.EVENT_TYPE_MARKER_RECORDED),
    timers: count(EventType.EVENT_TYPE_TIMER_STARTED),
    upserts: count(EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES),
  };
}
