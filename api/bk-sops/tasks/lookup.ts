import { GantryError } from '../../../base/error';
import { findTask, type TaskRecord } from '../../../db/tasks';
import type { Call } from '../endpoint';

/** The task of a call; one of another project does not exist. Errors are of step `find`. */
export async function requireTask(call: Call): Promise<TaskRecord> {
  return (await findTask(call.services.db, call.project.id, call.ids.task_id)) ?? missTask(call);
}

/** Says that the task of a call does not exist. */
export function missTask({ project, ids }: Call): never {
  const place = `task[id=${ids.task_id}] of project[project_id=${project.id}, biz_id=${project.bk_biz_id ?? ''}]`;
  throw new GantryError('not_found', `${place} does not exist`, {
    step: 'find',
    reason: { code: 'not_found', args: { what: 'task', id: ids.task_id } },
  });
}
