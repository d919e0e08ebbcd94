import { Context } from '@temporalio/activity';
import type { Db } from '../db/connection';
import { isDatabasesFault } from '../db/errors';
import { NodeExecutionWriter, type WriteOptions } from '../db/node-execution-writer';
import type { NodeExecutionChange } from '../db/node-executions';
import { endEvents, failureEvent } from '../db/notices';
import { recordChanges } from '../db/recording';
import { transact } from '../db/transaction';
import type { TaskRow } from '../pipeline/machine';
import { messageOf } from './outcome';

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

  /**
   * As `record`, for who asks again until it is done: what the database refuses, row by row, is left out with a note in its
   * place, and a row that it does not take even so is dropped.
   */
  async recordSurely(taskId: number, rows: Rows, options: WriteOptions = {}): Promise<void> {
    try {
      await this.record(taskId, rows, options);
    } catch (error) {
      if (isDatabasesFault(error)) throw error;
      for (const node of rows.nodes) await this.#recordOne(taskId, { nodes: [node] }, options);
      if (rows.task) await this.#recordOne(taskId, { nodes: [], task: rows.task }, options);
    }
  }

  /** Whether the database would take a row: why not, or undefined. It is not written. */
  async tryRow(taskId: number, node: NodeExecutionChange): Promise<string | undefined> {
    const written = new Error('it was only tried');
    try {
      await transact(this.db, async (tx) => {
        await recordChanges(tx, taskId, { nodes: [node] }, 'retake');
        throw written;
      });
    } catch (error) {
      if (isDatabasesFault(error)) throw error;
      return error === written ? undefined : messageOf(error);
    }
    return undefined;
  }

  async #recordOne(taskId: number, rows: Rows, options: WriteOptions): Promise<void> {
    try {
      await this.record(taskId, rows, options);
    } catch (error) {
      if (isDatabasesFault(error)) throw error;
      Context.current().log.error('a row cannot be recorded', { taskId, nodeId: rows.nodes[0]?.nodeId, error });
      await this.record(taskId, withoutValues(rows, messageOf(error)), options).catch((again: unknown) => {
        if (isDatabasesFault(again)) throw again;
      });
    }
  }
}

/** The same without the values in it, which are what can be refused. */
function withoutValues({ nodes, task }: Rows, problem: string): Rows {
  const outputs = { ex_data: `what belongs here cannot be recorded: ${problem}` };
  return {
    nodes: nodes.map(({ inputs: _inputs, outputs: given, waitingFor: _waitingFor, ...node }) =>
      given === undefined ? node : { ...node, outputs },
    ),
    task: task && { ...task, ...(task.outputs ? { outputs: {} } : {}) },
  };
}

/** Whether nothing is tried any more about a failure: then a task's creator is told. */
function isFinalFailure({ status, willRetry }: NodeExecutionChange): boolean {
  return status === 'FAILED' && !willRetry;
}
