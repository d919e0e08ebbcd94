import type { Actor } from '../base/actor';
import { GantryError } from '../base/error';
import { auditOf, insertAudit } from '../db/audit';
import type { Db } from '../db/connection';
import { deleteTask, type TaskRecord } from '../db/tasks';
import { transact } from '../db/transaction';
import { wrongState } from './wrong-state';

/**
 * Deletes a task that is not running: from then on it does not exist.
 *
 * @throws GantryError `wrong_state` while it runs
 */
export async function removeTask(db: Db, task: TaskRecord, actor: Actor): Promise<void> {
  await transact(db, async (tx) => {
    if (!(await deleteTask(tx, task.id))) {
      throw new GantryError('wrong_state', `task ${task.id} is ${task.shown}: a task that runs cannot be deleted`, {
        reason: wrongState(task.id, task.shown),
      });
    }
    await insertAudit(tx, { ...auditOf(actor), projectId: task.project_id, taskId: task.id, action: 'delete' });
  });
}
