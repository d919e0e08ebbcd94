import { listLaunchedTimes } from '../db/launches';
import { type FiringTask, letBeUntil, listFiringTasks } from '../db/periodic-tasks';
import type { Services } from '../tasks/services';
import { type Cron, parseCron } from './cron';
import { dueInstants } from './due';
import { reportOrEnd } from './report';
import { scheduleName } from './sync';

/** The server fires within a moment of the time. */
const GRACE_MS = 10_000;
/** Of a task in a round; the next round goes on. */
const PER_ROUND = 100;

/** Until when nothing of a periodic task is left to be made up for, by id, in ms since the epoch. */
export type Settled = Map<number, number>;

/**
 * Launches what was due within the catch-up windows and was not launched: Temporal's calendar loses times when clocks are
 * put back, and all that comes after a day that a zone leaves out. What was due before a task was last changed, or while
 * it was paused on the server, is let be.
 *
 * @param settled kept from round to round; what is not in it is looked at from the start of the window
 * @returns how many times were made up for
 */
export async function makeUpForLost(services: Services, settled: Settled, now = Date.now()): Promise<number> {
  const tasks = await listFiringTasks(services.db);
  const ids = new Set(tasks.map(({ id }) => id));
  for (const id of settled.keys()) if (!ids.has(id)) settled.delete(id);
  let count = 0;
  for (const task of tasks) {
    const schedule = scheduleName('periodic', task.id);
    count += (await reportOrEnd(services, schedule, () => makeUp(services, task, schedule, settled, now))) ?? 0;
  }
  return count;
}

async function makeUp(
  services: Services,
  task: FiringTask,
  schedule: string,
  settled: Settled,
  now: number,
): Promise<number> {
  const { db, schedules, log } = services;
  const catchupMs = task.catchup_seconds * 1000;
  const after = Math.max(now - catchupMs, task.due_since.getTime(), settled.get(task.id) ?? 0);
  const until = now - Math.min(GRACE_MS, catchupMs / 2);
  const due = [...dueInstants(parseCron(task.cron as Cron), task.time_zone, after, until)];
  const missing = (await withoutLaunch(services, schedule, due)).slice(0, PER_ROUND);
  if (missing.length > 0) {
    const state = await schedules.look(schedule);
    // It is gone, and will be made again.
    if (!state) return 0;
    if (state.isPaused) {
      // Kept: whoever resumes it does not ask for what was due meanwhile.
      await letBeUntil(db, task.id, new Date(until));
      missing.length = 0;
    }
  }
  let count = 0;
  for (const at of missing) {
    if (!(await schedules.makeUp(schedule, new Date(at)))) continue;
    log.info({ schedule, nominalAt: new Date(at) }, 'the schedule was due and has not fired: it is made up for');
    count += 1;
  }
  // The server keeps what it was given: nobody need ask for it again.
  settled.set(task.id, missing.length === PER_ROUND ? missing.at(-1)! : until);
  return count;
}

async function withoutLaunch({ db }: Services, schedule: string, due: number[]): Promise<number[]> {
  if (due.length === 0) return [];
  const window = { from: new Date(due[0]!), until: new Date(due.at(-1)!) };
  const launched = new Set((await listLaunchedTimes(db, schedule, window)).map(Number));
  return due.filter((at) => !launched.has(at));
}
