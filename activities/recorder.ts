import { failureEvent, type TaskEvent } from '../db/callbacks';
import type { Db } from '../db/connection';
import { NodeExecutionWriter, type WriteOptions } from '../db/node-execution-writer';
import type { NodeExecutionChange } from '../db/node-executions';
import { recordChanges } from '../db/recording';
import type { TaskRow } from '../pipeline/machine';

/** Rows that belong together. */
export interface Rows {
  nodes: readonly NodeExecutionChange[];
  task?: TaskRow | undefined;
}

/** Writes what happens to the tasks of a worker. */
export class Recorder {
  readonly #nodes: NodeExecutionWriter;

  constructor(readonly db: Db) {
    this.#nodes = new NodeExecutionWriter(db);
  }

  /**
   * Writes what the machine recorded, and what the task's creator is told of it: all or nothing. Writing it again changes
   * nothing.
   *
   * @param atOnce when a workflow task waits for it: other rows may wait a moment for company
   * @returns the sequence numbers of the node rows that were taken
   */
  record(taskId: number, { nodes, task }: Rows, options: WriteOptions = {}): Promise<number[]> {
    const events = [...nodes.filter(isFinalFailure).map(failureEvent), ...endEvents(task)];
    if (!task && events.length === 0) return this.#nodes.write(taskId, nodes, options);
    return recordChanges(this.db, taskId, { nodes, task, events }, options.fence);
  }
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
