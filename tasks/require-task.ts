import { GantryError } from '../base/error';
import type { DbOrTransaction } from '../db/connection';
import { findTask, type TaskRecord } from '../db/tasks';

/** @throws GantryError `not_found` for a task that is not of the project */
export async function requireTaskOf(db: DbOrTransaction, projectId: number, taskId: number): Promise<TaskRecord> {
  const task = await findTask(db, projectId, taskId);
  if (task) return task;
  throw new GantryError('not_found', `task ${taskId} does not exist in this project`, {
    reason: { code: 'not_found', args: { what: 'task', id: taskId } },
  });
}
