import { once, takeKey } from '../access/once';
import type { Db } from '../db/connection';
import type { KeyedRequest } from '../db/idempotency';
import { findTree } from '../db/tasks';
import type { PipelineTree } from '../pipeline/tree/types';
import { createTask, type NewTask } from './create';

export interface CreatedTask {
  id: number;
  tree: PipelineTree;
  /** It was created by an earlier request with the same key. */
  isRepeat: boolean;
}

/**
 * Creates a task, or finds the one that an earlier request with the same key created: of any number of requests, at the
 * same moment too, one creates it. Without a key every request does.
 *
 * @param make only called when there is a task to create
 * @throws GantryError `refused` when the key was used for another request; as `createTask`
 */
export async function createTaskOnce(
  db: Db,
  request: KeyedRequest | undefined,
  make: () => Promise<NewTask>,
): Promise<CreatedTask> {
  return once<CreatedTask>(db, request, {
    async again({ taskId }) {
      // Keys that made something else are for other requests.
      return { id: taskId!, tree: await findTree<PipelineTree>(db, taskId!), isRepeat: true };
    },
    async work() {
      const task = await make();
      return { ...(await createTask(db, request ? keyed(task, request) : task)), isRepeat: false };
    },
  });
}

/** The key is taken with the task, so that there is no statement more than for one without. */
function keyed(task: NewTask, request: KeyedRequest): NewTask {
  return {
    ...task,
    async alongside(tx, taskId) {
      await task.alongside?.(tx, taskId);
      await takeKey(tx, request, taskId);
    },
  };
}
