import { findTask, type TaskRecord } from '../../../db/tasks';
import { GantryError } from '../../../tasks/error';
import type { Call } from '../endpoint';

/** The task of a call; one of another project does not exist. `describe` makes the endpoint's own message. */
export async function requireTask(
  { services, project, ids }: Call,
  describe?: (place: string) => string,
): Promise<TaskRecord> {
  const task = await findTask(services.db, project.id, ids.task_id);
  if (task) return task;
  const place = `task[id=${ids.task_id}] of project[project_id=${project.id}, biz_id=${project.bk_biz_id ?? ''}]`;
  throw new GantryError('not_found', describe?.(place) ?? `${place} does not exist`);
}
