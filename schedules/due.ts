import { offsetsBetween } from '../base/zone';
import type { Calendar } from '../temporal/schedules';
import type { CronTimes } from './cron';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Offset of a zone, in minutes east of UTC, from an instant on until another. */
interface Stretch {
  from: number;
  until: number;
  offset: number;
}

/**
 * The instants at which a cron is due, in order: those at which the zone's clock shows one of its times. When clocks are put
 * back, times come twice: with a fixed hour the first one counts, else both. A time that does not exist, because clocks
 * are put forward, is due at no instant.
 *
 * @param after in ms since the epoch, itself not among them
 * @param until itself among them
 * @throws RangeError when the zone is unknown
 */
export function* dueInstants(times: CronTimes, timeZone: string, after: number, until: number): Generator<number> {
  for (let day = Math.floor(after / DAY_MS) * DAY_MS; day <= until; day += DAY_MS) {
    // No zone is more than a day away from UTC.
    if (![day - DAY_MS, day, day + DAY_MS].some((wallDay) => matchesDay(times, wallDay))) continue;
    yield* dueOnDay(times, timeZone, day, { after, until });
  }
}

/** Whether a cron is due at an instant. */
export function isDue(times: CronTimes, timeZone: string, at: number): boolean {
  return !dueInstants(times, timeZone, at - 1, at).next().done;
}

/** The times of a cron from one reading of the clock until another, both as if they were UTC, whatever clock this is. */
export function* wallTimes(times: Calendar, from: number, until: number): Generator<number> {
  for (let day = Math.floor(from / DAY_MS) * DAY_MS; day < until; day += DAY_MS) {
    if (!matchesDay(times, day)) continue;
    for (const hour of times.hour) {
      if (day + (hour + 1) * HOUR_MS <= from) continue;
      for (const minute of times.minute) {
        const wall = day + hour * HOUR_MS + minute * MINUTE_MS;
        if (wall >= from && wall < until) yield wall;
      }
    }
  }
}

/** The instants at which a zone's clock shows a time, given as if it were UTC: none, one or two. */
export function instantsOf(wall: number, timeZone: string): number[] {
  const day = Math.floor(wall / DAY_MS) * DAY_MS;
  const stretches = stretchesOf(timeZone, day - DAY_MS, day + 2 * DAY_MS);
  return stretches.filter((stretch) => shows(stretch, wall)).map(({ offset }) => wall - offset * MINUTE_MS);
}

/** @param day its midnight in UTC */
function* dueOnDay(
  times: CronTimes,
  timeZone: string,
  day: number,
  window: { after: number; until: number },
): Generator<number> {
  // With the day before: what it has shown comes again.
  const stretches = stretchesOf(timeZone, day - DAY_MS, day + DAY_MS);
  for (const [place, { from, until, offset }] of stretches.entries()) {
    const shift = offset * MINUTE_MS;
    const [first, end] = [Math.max(from, day, window.after + 1), Math.min(until, window.until + 1)];
    for (const wall of wallTimes(times, first + shift, end + shift)) {
      const isRepeated = stretches.slice(0, place).some((earlier) => shows(earlier, wall));
      if (!(times.hasFixedHour && isRepeated)) yield wall - shift;
    }
  }
}

function stretchesOf(timeZone: string, from: number, until: number): Stretch[] {
  const offsets = offsetsBetween(timeZone, from, until);
  return offsets.map(([start, offset], place) => ({
    from: start,
    until: offsets[place + 1]?.[0] ?? until,
    offset,
  }));
}

function shows({ from, until, offset }: Stretch, wall: number): boolean {
  const at = wall - offset * MINUTE_MS;
  return at >= from && at < until;
}

function matchesDay({ dayOfWeek, dayOfMonth, month }: Calendar, wall: number): boolean {
  const date = new Date(wall);
  return (
    month.includes(date.getUTCMonth() + 1) &&
    dayOfMonth.includes(date.getUTCDate()) &&
    dayOfWeek.includes(date.getUTCDay())
  );
}
