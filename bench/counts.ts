import type { WorkflowHandle } from '@temporalio/client';
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

/** Counts the history of a workflow that has ended. */
export async function countsOf(handle: WorkflowHandle): Promise<Counts> {
  const history = await handle.fetchHistory();
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
