import type { Db } from './connection';
import { databaseTrouble } from './errors';
import { type Fence, type NodeExecutionChange, type TaskChanges, upsertNodeExecutions } from './node-executions';

/** After a statement the next one waits so long: what comes meanwhile goes with it. */
const GATHER_MS = 10;

export interface WriteOptions {
  fence?: Fence;
  atOnce?: boolean;
}

interface Write extends TaskChanges {
  resolve(taken: number[]): void;
  reject(error: unknown): void;
}

/**
 * Writes the changes of all tasks of a process. When many come at once they go together in few statements: waking a
 * server and being woken costs more than a row does. Who comes alone is not kept waiting.
 */
export class NodeExecutionWriter {
  readonly #waiting: Record<Fence, Write[]> = { newer: [], retake: [] };
  #timer: NodeJS.Timeout | undefined;
  /** Time of `performance.now()` before which no statement is sent. */
  #notBefore = 0;

  constructor(private readonly db: Db) {}

  /**
   * Writes changes of one task, all or nothing, as `upsertNodeExecutions`.
   *
   * @param atOnce whether nothing may be waited for; what waits goes with it
   * @returns the sequence numbers of the changes that were taken
   */
  write(
    taskId: number,
    nodes: readonly NodeExecutionChange[],
    { fence = 'newer', atOnce = false }: WriteOptions = {},
  ): Promise<number[]> {
    if (nodes.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.#waiting[fence].push({ taskId, nodes, resolve, reject });
      const waitMs = atOnce ? 0 : this.#notBefore - performance.now();
      if (waitMs <= 0) this.#send();
      else this.#timer ??= setTimeout(() => this.#send(), waitMs);
    });
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#notBefore = performance.now() + GATHER_MS;
    for (const fence of ['newer', 'retake'] as const) {
      const writes = this.#waiting[fence].splice(0);
      if (writes.length > 0) void this.#writeTogether(writes, fence);
    }
  }

  async #writeTogether(writes: readonly Write[], fence: Fence): Promise<void> {
    try {
      const taken = new Set((await upsertNodeExecutions(this.db, writes, fence)).map(keyOf));
      for (const { taskId, nodes, resolve } of writes) {
        resolve(nodes.map(({ seq }) => seq).filter((seq) => taken.has(keyOf({ taskId, seq }))));
      }
    } catch (error) {
      if (writes.length === 1 || databaseTrouble(error)) for (const { reject } of writes) reject(error);
      // One change that the server does not take must not keep those of other tasks from being written.
      else for (const write of writes) void this.#writeTogether([write], fence);
    }
  }
}

function keyOf({ taskId, seq }: { taskId: number; seq: number }): string {
  return `${taskId} ${seq}`;
}
