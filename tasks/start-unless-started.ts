import { GantryError } from '../base/error';
import type { ProjectRecord } from '../db/access';
import { findTask } from '../db/tasks';
import type { Services } from './services';
import { type Start, startTask } from './start';

/**
 * Starts a task that was made by this request or by an earlier one like it, if nobody has started it: the same request may
 * come twice, at the same moment too.
 *
 * @throws GantryError as `startTask`, but for a task that has been started
 */
export async function startUnlessStarted(
  services: Services,
  taskId: number,
  project: ProjectRecord,
  start: Start,
): Promise<void> {
  const findWaiting = async () => {
    const task = await findTask(services.db, project.id, taskId);
    return task?.phase === 'created' ? task : undefined;
  };
  const task = await findWaiting();
  if (!task) return;
  try {
    await startTask(services, task, project, start);
  } catch (error) {
    const hasStarted = error instanceof GantryError && error.kind === 'wrong_state' && !(await findWaiting());
    if (!hasStarted) throw error;
  }
}
