import type { Actor } from '../base/actor';
import { GantryError } from '../base/error';
import { auditOf, insertAudit } from '../db/audit';
import type { Db } from '../db/connection';
import { deleteTask, type TaskRecord } from '../db/tasks';
import { transact } from '../db/transaction';
import { refuseRollout } from './refuse-rollout';
import { wrongState } from './wrong-state';

/**
 * Deletes a task that is not running: from then on it does not exist.
 *
 * @throws GantryError `wrong_state` while it runs; `refused` for that of a rollout before it has ended
 */
export async function removeTask(db: Db, task: TaskRecord, actor: Actor): Promise<void> {
  // Its pool is freed by its end.
  if (task.phase !== 'ended') refuseRollout(task, 'it cannot be deleted before it has ended');
  await transact(db, async (tx) => {
    if (!(await deleteTask(tx, task.id))) {
      throw new GantryError('wrong_state', `task ${task.id} is ${task.shown}: a task that runs cannot be deleted`, {
        reason: wrongState(task.id, task.shown),
      });
    }
    await insertAudit(tx, { ...auditOf(actor), projectId: task.project_id, taskId: task.id, action: 'delete' });
  });
}
