import { type ClockedTaskRecord, lockClockedTask } from '../db/clocked-tasks';
import type { DbOrTransaction } from '../db/connection';
import { lockPeriodicTask, type PeriodicTaskRecord } from '../db/periodic-tasks';
import { markSynced, type ScheduleTable } from '../db/schedules';
import { transact } from '../db/transaction';
import type { Services } from '../tasks/services';
import type { ScheduleDefinition } from '../temporal/schedules';
import { type Cron, parseCron } from './cron';

/** What has a schedule. */
export type ScheduleKind = 'periodic' | 'clocked';

export const TABLES: Record<ScheduleKind, ScheduleTable> = { periodic: 'periodic_tasks', clocked: 'clocked_tasks' };

/** Name of a schedule, as launches know it. */
export function scheduleName(kind: ScheduleKind, id: number): string {
  return `${kind}-${id}`;
}

/**
 * Makes the schedule as its row wants it: there, paused or not, or gone. Doing it again changes nothing.
 *
 * @returns whether there was anything to do
 */
export async function syncSchedule({ db, schedules }: Services, kind: ScheduleKind, id: number): Promise<boolean> {
  // The row is held: of two changes the later one reaches the server last.
  return transact(db, async (tx) => {
    const wanted = await (kind === 'periodic' ? wantedPeriodic(tx, id) : wantedClocked(tx, id));
    if (!wanted) return false;
    const { revision, definition } = wanted;
    if (definition) await schedules.put(scheduleName(kind, id), definition);
    else await schedules.remove(scheduleName(kind, id));
    await markSynced(tx, TABLES[kind], id, revision);
    return true;
  });
}

/** The same after a change: when it does not work now the reconciler makes up for it. */
export async function syncOrLeave(services: Services, kind: ScheduleKind, id: number): Promise<void> {
  try {
    await syncSchedule(services, kind, id);
  } catch (error) {
    services.log.warn({ schedule: scheduleName(kind, id), error }, 'the schedule is left for the reconciler');
  }
}

interface Wanted {
  revision: number;
  /** Absent: there is to be no schedule. */
  definition?: ScheduleDefinition;
}

async function wantedPeriodic(tx: DbOrTransaction, id: number): Promise<Wanted | undefined> {
  const task = await lockPeriodicTask(tx, id);
  if (!task || task.synced_revision === task.revision) return undefined;
  return { revision: task.revision, ...(task.is_deleted ? {} : { definition: periodicDefinition(task) }) };
}

function periodicDefinition(task: PeriodicTaskRecord): ScheduleDefinition {
  return {
    when: { calendar: parseCron(task.cron as Cron), timeZone: task.time_zone },
    isPaused: !task.enabled,
    catchupSeconds: task.catchup_seconds,
    projectId: task.project_id,
    name: task.name,
  };
}

async function wantedClocked(tx: DbOrTransaction, id: number): Promise<Wanted | undefined> {
  const task = await lockClockedTask(tx, id);
  if (!task || task.synced_revision === task.revision) return undefined;
  const isAwaited = !task.is_deleted && task.state === 'not_started';
  return { revision: task.revision, ...(isAwaited ? { definition: clockedDefinition(task) } : {}) };
}

function clockedDefinition(task: ClockedTaskRecord): ScheduleDefinition {
  const lateMs = Date.now() - task.plan_start_time.getTime();
  return {
    when: { at: task.plan_start_time, isDue: lateMs >= 0 && lateMs <= task.catchup_seconds * 1000 },
    isPaused: false,
    catchupSeconds: task.catchup_seconds,
    projectId: task.project_id,
    name: task.task_name,
  };
}
