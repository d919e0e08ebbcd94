import { failureEvent, type TaskEvent } from '../db/callbacks';
import type { Db } from '../db/connection';
import type { Fence, NodeExecutionChange } from '../db/node-executions';
import { recordChanges } from '../db/recording';
import type { TaskRow } from '../pipeline/machine';

/** Rows that belong together. */
export interface Rows {
  nodes: readonly NodeExecutionChange[];
  task?: TaskRow | undefined;
}

/**
 * Writes what the machine recorded, and what the task's creator is told of it: all or nothing. Writing it again changes
 * nothing.
 *
 * @returns the sequence numbers of the node rows that were taken
 */
export function record(db: Db, taskId: number, { nodes, task }: Rows, fence?: Fence): Promise<number[]> {
  const events = [...nodes.filter(isFinalFailure).map(failureEvent), ...endEvents(task)];
  return recordChanges(db, taskId, { nodes, task, events }, fence);
}

/** Whether nothing is tried any more about a failure: then a task's creator is told. */
function isFinalFailure({ status, willRetry }: NodeExecutionChange): boolean {
  return status === 'FAILED' && !willRetry;
}

function endEvents(task: TaskRow | undefined): TaskEvent[] {
  if (task?.status !== 'FINISHED' && task?.status !== 'REVOKED') return [];
  const success = task.status === 'FINISHED';
  return [{ event: task.status.toLowerCase(), success, outputs: task.outputs ?? {} }];
}
