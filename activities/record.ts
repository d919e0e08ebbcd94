import { failureEvent, insertCallbacks } from '../db/callbacks';
import type { Db } from '../db/connection';
import {
  closeOpenNodeExecutions,
  type Fence,
  type NodeExecutionChange,
  upsertNodeExecutions,
} from '../db/node-executions';
import { recordTaskState } from '../db/tasks';
import type { TaskRow } from '../pipeline/machine';

/** Writes what the machine recorded, all or nothing; writing it again changes nothing. */
export async function record(
  db: Db,
  { taskId, nodes, task }: { taskId: number; nodes: NodeExecutionChange[]; task?: TaskRow },
  fence?: Fence,
): Promise<void> {
  const failures = nodes.filter(isFinalFailure);
  if (!task && failures.length === 0) {
    await upsertNodeExecutions(db, taskId, nodes, fence);
    return;
  }
  await db.transaction().execute(async (tx) => {
    await upsertNodeExecutions(tx, taskId, nodes, fence);
    await insertCallbacks(tx, taskId, failures.map(failureEvent));
    if (!task) return;
    await recordTaskState(tx, taskId, task);
    const hasEnded = task.status === 'FINISHED' || task.status === 'REVOKED';
    if (hasEnded) await closeOpenNodeExecutions(tx, taskId, new Date(task.at));
  });
}

/** Whether nothing is tried any more about a failure: then a task's creator is told. */
export function isFinalFailure({ status, willRetry }: NodeExecutionChange): boolean {
  return status === 'FAILED' && !willRetry;
}
