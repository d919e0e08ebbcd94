import { databaseTrouble } from '../db/errors';
import type { Services } from '../tasks/services';
import { isUnreachable } from '../temporal/errors';

/**
 * Does something about one schedule. What the server makes of it keeps no other one waiting: it is reported. A round ends
 * when the server or the database is away.
 *
 * @returns undefined when it did not work
 */
export async function reportOrEnd<T>(
  { pipelines, log }: Pick<Services, 'pipelines' | 'log'>,
  schedule: string,
  act: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (databaseTrouble(error)) throw error;
    // A question may hang at one schedule alone.
    if (isUnreachable(error) && !(await pipelines.isReachable())) throw error;
    log.error({ schedule, error }, 'the schedule cannot be reconciled with the server');
    return undefined;
  }
}
