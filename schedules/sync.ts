import { markSynced } from '../db/schedules';
import { transact } from '../db/transaction';
import type { Services } from '../tasks/services';
import { type Kind, scheduleName } from './kinds/kind';

/**
 * Makes the schedule as its row wants it: there, paused or not, or gone. Doing it again changes nothing.
 *
 * @returns whether there was anything to do
 */
export async function syncSchedule(
  { db, schedules }: Pick<Services, 'db' | 'schedules'>,
  kind: Kind,
  id: number,
): Promise<boolean> {
  // The row is held: of two changes the later one reaches the server last.
  return transact(db, async (tx) => {
    const row = await kind.lock(tx, id);
    if (!row || row.syncedRevision === row.revision) return false;
    const definition = row.definition();
    if (definition) await schedules.put(scheduleName(kind, id), definition);
    else await schedules.remove(scheduleName(kind, id));
    await markSynced(tx, kind.rows, id, row.revision);
    return true;
  });
}

/** What a change of a row needs. */
export type ChangeServices = Pick<Services, 'db' | 'schedules' | 'log'>;

/** The same after a change: when it does not work now the reconciler makes up for it. */
export async function syncOrLeave(services: ChangeServices, kind: Kind, id: number): Promise<void> {
  try {
    await syncSchedule(services, kind, id);
  } catch (error) {
    services.log.warn({ schedule: scheduleName(kind, id), error }, 'the schedule is left for the reconciler');
  }
}
