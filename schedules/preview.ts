import { wallClock } from '../base/time';
import { offsetsBetween } from '../base/zone';
import type { CronTimes } from './cron';
import { DAY_MS, dueInstants, HOUR_MS, isDue, MINUTE_MS, wallTimes } from './due';

const SHOWN = 10;
/** The last year that Temporal looks at. */
const END_OF_TIME = Date.UTC(2101, 0, 1);
/** Every change of the clocks comes once in it. */
const WARNED_DAYS = 366;
/** How far from a change of the clocks Temporal fires at wrong times. */
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
export function previewSchedule(times: CronTimes, timeZone: string, now: Date): Preview {
  const after = now.getTime();
  const fireTimes: Date[] = [];
  for (const at of dueInstants(times, timeZone, after, END_OF_TIME)) {
    fireTimes.push(new Date(at));
    if (fireTimes.length === SHOWN) break;
  }
  const changes = changesBetween(timeZone, after, after + WARNED_DAYS * DAY_MS);
  return { fireTimes, warnings: changes.flatMap((change) => clockWarnings(times, timeZone, change)) };
}

/**
 * Whether Temporal has fired at a time at which the schedule is not due, as it does when the clock is put back. What people
 * trigger at any other time is no stray.
 */
export function isStray(times: CronTimes, timeZone: string, at: Date): boolean {
  const time = at.getTime();
  const isNearChange = changesBetween(timeZone, time - TOUCHED_MS, time + TOUCHED_MS).length > 0;
  return isNearChange && time % MINUTE_MS === 0 && !isDue(times, timeZone, time);
}

/** A change of a zone's offset. */
interface Change {
  at: number;
  /** Minutes east of UTC. */
  before: number;
  after: number;
}

function changesBetween(timeZone: string, from: number, until: number): Change[] {
  const [firstDay, lastDay] = [Math.floor(from / DAY_MS) * DAY_MS, Math.ceil(until / DAY_MS) * DAY_MS];
  const offsets = offsetsBetween(timeZone, firstDay, lastDay);
  return offsets
    .slice(1)
    .map(([at, after], place) => ({ at, before: offsets[place]![1], after }))
    .filter(({ at }) => at >= from && at <= until);
}

function clockWarnings(times: CronTimes, timeZone: string, { at, before, after }: Change): ClockWarning[] {
  const readings = [at + before * MINUTE_MS, at + after * MINUTE_MS].sort((a, b) => a - b);
  const touched = [...wallTimes(times, readings[0]!, readings[1]!)];
  if (touched.length === 0) return [];
  const isRepeated = after < before;
  const runs = isRepeated ? (times.hasFixedHour ? 1 : 2) : 0;
  const first = wallClock(new Date(touched[0]!), 0);
  return [
    {
      kind: isRepeated ? 'doubled' : 'skipped',
      first,
      count: touched.length,
      runs,
      message: messageOf({ first, count: touched.length, runs, isRepeated }, timeZone),
    },
  ];
}

function messageOf(
  { first, count, runs, isRepeated }: { first: string; count: number; runs: number; isRepeated: boolean },
  timeZone: string,
): string {
  const isOne = count === 1;
  const times = isOne ? first : `${count} times from ${first} on`;
  const happens = isRepeated ? `${isOne ? 'comes' : 'come'} twice` : `${isOne ? 'does' : 'do'} not exist`;
  const result = ['there is no run', 'there is one run', 'there are two runs'][runs];
  return `${times} ${happens} in ${timeZone}: ${result}${!isOne && runs > 0 ? ' of each' : ''}`;
}
