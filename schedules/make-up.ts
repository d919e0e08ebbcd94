import type { Db } from '../db/connection';
import { listLaunchedTimes } from '../db/launches';
import type { Services } from '../tasks/services';
import { type FiringRow, type Kind, type Recurring, scheduleName } from './kinds/kind';
import { reportOrEnd } from './report';

/** The server fires within a moment of the time. */
const GRACE_MS = 10_000;
/** Of a row in a round; the next round goes on. */
const PER_ROUND = 100;

/** Until when nothing of a row is left to be made up for, by id, in ms since the epoch. */
export type Settled = Map<number, number>;

type MakeUpServices = Pick<Services, 'db' | 'pipelines' | 'schedules' | 'log'>;

/**
 * Launches what was due within the catch-up windows and was not launched: Temporal's calendar loses times when clocks are
 * put back, and all that comes after a day that a zone leaves out. What was due before a row was last changed, or while
 * its schedule was paused on the server, is let be.
 *
 * @param settled kept from round to round; what is not in it is looked at from the start of the window
 * @returns how many times were made up for
 */
export async function makeUpForLost(
  services: MakeUpServices,
  kind: Kind,
  settled: Settled,
  now = Date.now(),
): Promise<number> {
  const { recurring } = kind;
  if (!recurring) return 0;
  const rows = await recurring.listFiring(services.db);
  const ids = new Set(rows.map(({ id }) => id));
  for (const id of settled.keys()) if (!ids.has(id)) settled.delete(id);
  let count = 0;
  for (const row of rows) {
    const schedule = scheduleName(kind, row.id);
    const act = () => makeUp(services, recurring, { row, schedule }, settled, now);
    count += (await reportOrEnd(services, schedule, act)) ?? 0;
  }
  return count;
}

async function makeUp(
  { db, schedules, log }: MakeUpServices,
  { letBeUntil }: Recurring,
  { row, schedule }: { row: FiringRow; schedule: string },
  settled: Settled,
  now: number,
): Promise<number> {
  const catchupMs = row.catchupSeconds * 1000;
  const after = Math.max(now - catchupMs, row.dueSince.getTime(), settled.get(row.id) ?? 0);
  const until = now - Math.min(GRACE_MS, catchupMs / 2);
  const due = [...row.dueBetween(after, until)];
  const missing = (await withoutLaunch(db, schedule, due)).slice(0, PER_ROUND);
  if (missing.length > 0) {
    const state = await schedules.look(schedule);
    // It is gone, and will be made again.
    if (!state) return 0;
    if (state.isPaused) {
      // Kept: whoever resumes it does not ask for what was due meanwhile.
      await letBeUntil(db, row.id, new Date(until));
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
  settled.set(row.id, missing.length === PER_ROUND ? missing.at(-1)! : until);
  return count;
}

async function withoutLaunch(db: Db, schedule: string, due: number[]): Promise<number[]> {
  if (due.length === 0) return [];
  const window = { from: new Date(due[0]!), until: new Date(due.at(-1)!) };
  const launched = new Set((await listLaunchedTimes(db, schedule, window)).map(Number));
  return due.filter((at) => !launched.has(at));
}
