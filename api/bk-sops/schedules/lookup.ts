import { GantryError } from '../../../base/error';
import { type ClockedTaskRecord, findClockedTask } from '../../../db/clocked-tasks';
import { findPeriodicTask, type PeriodicTaskRecord } from '../../../db/periodic-tasks';
import type { Call } from '../endpoint';

/** The periodic task of a call's `task_id`; one of another project does not exist. */
export async function requirePeriodicTask({ services, project, ids }: Call): Promise<PeriodicTaskRecord> {
  return (await findPeriodicTask(services.db, project.id, ids.task_id)) ?? doesNotExist(ids.task_id);
}

/** The clocked task of a call's `task_id`; one of another project does not exist. */
export async function requireClockedTask({ services, project, ids }: Call): Promise<ClockedTaskRecord> {
  return (await findClockedTask(services.db, project.id, ids.task_id)) ?? doesNotExist(ids.task_id);
}

function doesNotExist(id: number): never {
  throw new GantryError('not_found', `task(${id}) does not exist`, {
    step: 'find',
    reason: { code: 'not_found', args: { what: 'schedule', id } },
  });
}
