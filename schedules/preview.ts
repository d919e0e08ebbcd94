import { wallClock } from '../tasks/time';
import { zoneOffsets } from '../tasks/zone';
import type { Calendar } from '../temporal/schedules';
import {
  DAY_MS,
  HOUR_MS,
  instantsOf,
  MINUTE_MS,
  matchesWall,
  nextFiring,
  type Offsets,
  wallOf,
} from './temporal-calendar';

const SHOWN = 10;
/** Every change of the clocks comes once in it. */
const WARNED_DAYS = 366;
/** What a change of the clocks may touch before and after it. */
const TOUCHED_MS = 3 * HOUR_MS;

/** Times of a schedule that a change of the clocks leaves out or repeats. */
export interface ClockWarning {
  kind: 'skipped' | 'doubled';
  /** The first of them, on the wall clock. */
  first: string;
  count: number;
  /** Of each. */
  runs: number;
  message: string;
}

export interface Preview {
  fireTimes: Date[];
  warnings: ClockWarning[];
}

/**
 * The next ten times at which a schedule runs, and what the changes of the clocks within a year do to it.
 *
 * @throws RangeError when the zone is unknown
 */
export function previewSchedule(calendar: Calendar, timeZone: string, now: Date): Preview {
  const offsets = zoneOffsets(timeZone, now.getTime());
  const fireTimes: Date[] = [];
  for (const at of runsAfter(calendar, offsets, now.getTime())) {
    fireTimes.push(new Date(at));
    if (fireTimes.length === SHOWN) break;
  }
  return { fireTimes, warnings: clockWarnings(calendar, timeZone, offsets, now.getTime()) };
}

/**
 * Whether Temporal has fired at a time that is none of the schedule's, as it does when the clock is put back. What people
 * trigger at any other time is no stray.
 */
export function isStray(calendar: Calendar, timeZone: string, at: Date): boolean {
  const time = at.getTime();
  const offsets = zoneOffsets(timeZone, time);
  const isNearChange = offsets.slice(1).some(([change]) => Math.abs(change - time) <= TOUCHED_MS);
  return isNearChange && time % MINUTE_MS === 0 && !matchesWall(calendar, wallOf(time, offsets));
}

function* runsAfter(calendar: Calendar, offsets: Offsets, after: number): Generator<number> {
  let at = nextFiring(calendar, offsets, after);
  while (at !== undefined) {
    if (matchesWall(calendar, wallOf(at, offsets))) yield at;
    at = nextFiring(calendar, offsets, at);
  }
}

function clockWarnings(calendar: Calendar, timeZone: string, offsets: Offsets, now: number): ClockWarning[] {
  return offsets
    .slice(1)
    .filter(([change]) => change > now && change <= now + WARNED_DAYS * DAY_MS)
    .flatMap(([change]) => {
      const runs = runsAround(calendar, offsets, change);
      const groups = new Map<string, { first: number; count: number; exists: number; runs: number }>();
      const end = wallOf(change + TOUCHED_MS, offsets);
      for (let wall = wallOf(change - TOUCHED_MS, offsets); wall < end; wall += MINUTE_MS) {
        if (!matchesWall(calendar, wall)) continue;
        const instants = instantsOf(wall, offsets);
        const ran = instants.filter((at) => runs.has(at)).length;
        if (instants.length === 1 && ran === 1) continue;
        const key = `${instants.length} ${ran}`;
        const group = groups.get(key) ?? { first: wall, count: 0, exists: instants.length, runs: ran };
        groups.set(key, { ...group, count: group.count + 1 });
      }
      return [...groups.values()].map((group) => warningOf(group, timeZone));
    });
}

function runsAround(calendar: Calendar, offsets: Offsets, change: number): Set<number> {
  const runs = new Set<number>();
  for (const at of runsAfter(calendar, offsets, change - TOUCHED_MS - MINUTE_MS)) {
    if (at > change + TOUCHED_MS) break;
    runs.add(at);
  }
  return runs;
}

function warningOf(
  { first, count, exists, runs }: { first: number; count: number; exists: number; runs: number },
  timeZone: string,
): ClockWarning {
  const firstText = wallClock(new Date(first), 0);
  const [times, does, comes] =
    count === 1 ? [firstText, 'does', 'comes'] : [`${count} times from ${firstText} on`, 'do', 'come'];
  const happens = [`${does} not exist`, `${comes} at the change of the clocks`, `${comes} twice`][exists];
  const result = ['there is no run', 'there is one run', 'there are two runs'][runs];
  return {
    kind: exists === 2 && runs > 0 ? 'doubled' : 'skipped',
    first: firstText,
    count,
    runs,
    message: `${times} ${happens} in ${timeZone}: ${result}${count > 1 && runs > 0 ? ' of each' : ''}`,
  };
}
