import { type ErrorKind, GantryError } from '../../../base/error';
import { findTask, type TaskRecord } from '../../../db/tasks';
import type { Call } from '../endpoint';

/** The task of a call; one of another project does not exist. `describe` makes the endpoint's own message. */
export async function requireTask(call: Call, describe?: (place: string) => string): Promise<TaskRecord> {
  return (await findTask(call.services.db, call.project.id, call.ids.task_id)) ?? missTask(call, describe);
}

/** Says that the task of a call does not exist. */
export function missTask({ project, ids }: Call, describe?: (place: string) => string): never {
  const place = `task[id=${ids.task_id}] of project[project_id=${project.id}, biz_id=${project.bk_biz_id ?? ''}]`;
  throw new GantryError('not_found', describe?.(place) ?? `${place} does not exist`, {
    step: 'find',
    reason: { code: 'not_found', args: { what: 'task', id: ids.task_id } },
  });
}

/** What of an endpoint's errors is its own. */
interface Renaming {
  /** Only errors of these kinds; all by default. That a server is away is always said as it is. */
  of?: readonly ErrorKind[];
  /** Message from the message of the error. */
  describe?: (message: string) => string;
}

/** For `catch`: errors of this endpoint have another kind, and so another code, than they have elsewhere. */
export function failingAs(kind: ErrorKind, { of, describe = (message) => message }: Renaming = {}) {
  return (error: unknown): never => {
    if (!(error instanceof GantryError) || error.kind === 'unavailable') throw error;
    if (of && !of.includes(error.kind)) throw error;
    throw error.as(kind, describe(error.message));
  };
}
