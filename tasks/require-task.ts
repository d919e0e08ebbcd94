import { GantryError } from '../base/error';
import type { DbOrTransaction } from '../db/connection';
import { findTask, type TaskRecord } from '../db/tasks';

/** @throws GantryError `not_found` for a task that is not of the project */
export async function requireTaskOf(db: DbOrTransaction, projectId: number, taskId: number): Promise<TaskRecord> {
  const task = await findTask(db, projectId, taskId);
  if (task) return task;
  throw notThere('task', taskId);
}

/** What is said of a thing that is not of the project. */
export function notThere(what: string, id: number): GantryError {
  return new GantryError('not_found', `${what} ${id} does not exist in this project`, {
    reason: { code: 'not_found', args: { what, id } },
  });
}
