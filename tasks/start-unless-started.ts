import type { ProjectRecord } from '../db/access';
import { findTask } from '../db/tasks';
import { type Start, type StartServices, startTask } from './start';

/**
 * Starts a task that has been made, if nobody has started it: whoever wants that may come twice, at the same moment too.
 * What goes wrong at somebody's start means nothing once the task has been started.
 *
 * @throws GantryError as `startTask`, but for a task that has been started
 */
export async function startUnlessStarted(
  services: StartServices,
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
    if (await findWaiting()) throw error;
  }
}
