import { Batcher } from '../base/batcher';
import type { Db } from './connection';
import { databaseTrouble } from './errors';
import { type Fence, type NodeExecutionChange, type TaskChanges, upsertNodeExecutions } from './node-executions';

const GATHER_MS = 10;

export interface WriteOptions {
  fence?: Fence;
  atOnce?: boolean;
}

/** Writes the changes of all tasks of a process; those that come at about the same time go together. */
export class NodeExecutionWriter {
  readonly #batchers: Record<Fence, Batcher<TaskChanges, number[]>>;

  constructor(db: Db) {
    const batcherOf = (fence: Fence) =>
      new Batcher<TaskChanges, number[]>({
        write: (writes) => writeTogether(db, writes, fence),
        gatherMs: GATHER_MS,
        concernsAll: (error) => databaseTrouble(error) !== undefined,
      });
    this.#batchers = { newer: batcherOf('newer'), retake: batcherOf('retake') };
  }

  /**
   * Writes changes of one task, all or nothing, as `upsertNodeExecutions`.
   *
   * @param atOnce whether nothing may be waited for; what waits goes with it
   * @returns the sequence numbers of the changes that were taken
   */
  async write(
    taskId: number,
    nodes: readonly NodeExecutionChange[],
    { fence = 'newer', atOnce = false }: WriteOptions = {},
  ): Promise<number[]> {
    return nodes.length === 0 ? [] : this.#batchers[fence].add({ taskId, nodes }, { atOnce });
  }
}

/** @returns of each of the writes the sequence numbers that were taken */
async function writeTogether(db: Db, writes: readonly TaskChanges[], fence: Fence): Promise<number[][]> {
  const taken = new Set((await upsertNodeExecutions(db, writes, fence)).map(keyOf));
  return writes.map(({ taskId, nodes }) =>
    nodes.map(({ seq }) => seq).filter((seq) => taken.has(keyOf({ taskId, seq }))),
  );
}

function keyOf({ taskId, seq }: { taskId: number; seq: number }): string {
  return `${taskId} ${seq}`;
}
