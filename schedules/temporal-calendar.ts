import type { zoneOffsets } from '../tasks/zone';
import type { Calendar } from '../temporal/schedules';

export type Offsets = ReturnType<typeof zoneOffsets>;

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The last year that Temporal looks at. */
const LAST_DAY = Date.UTC(2100, 11, 31) / DAY_MS;

/**
 * The next time after `after` at which Temporal fires, as its server computes it: not quite every matching time of the wall
 * clock on days on which the clock is put back. Temporal repeats the hour before the change there and so may fire at a
 * time that does not match (server 1.29, service/worker/scheduler/calendar.go).
 */
export function nextFiring(calendar: Calendar, offsets: Offsets, after: number): number | undefined {
  const from = wallOf(after, offsets);
  let day = Math.floor(from / DAY_MS);
  let hour = hourOf(from);
  let minute = Math.floor((from % HOUR_MS) / MINUTE_MS) + 1;
  let shift = hourOf(wallOf(after - HOUR_MS, offsets)) === hour ? HOUR_MS : 0;
  const instant = () => goInstant(day * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS, offsets);
  while (day <= LAST_DAY) {
    if (minute >= 60) {
      minute = 0;
      const before = instant();
      hour += 1;
      const isRepeated = shift === 0 && instant() - before > HOUR_MS;
      if (isRepeated) hour -= 1;
      shift = isRepeated ? HOUR_MS : 0;
    }
    if (hour >= 24 || !matchesDay(calendar, day * DAY_MS)) {
      day += 1;
      // What is carried over midnight by the hour itself keeps its shift.
      if (hour < 24) shift = 0;
      [hour, minute] = [0, 0];
    } else if (!calendar.hour.includes(hour)) {
      [hour, minute, shift] = [hour + 1, 0, 0];
    } else if (!calendar.minute.includes(minute)) {
      minute += 1;
    } else if (hourOf(wallOf(instant(), offsets)) !== hour) {
      [hour, minute] = [hour + 1, 0];
    } else {
      return instant() + shift;
    }
  }
  return undefined;
}

/** Whether a time of the wall clock, as if it were UTC, is one of the schedule's. */
export function matchesWall(calendar: Calendar, wall: number): boolean {
  const date = new Date(wall);
  return (
    matchesDay(calendar, wall) &&
    calendar.hour.includes(date.getUTCHours()) &&
    calendar.minute.includes(date.getUTCMinutes())
  );
}

/** What a zone's clock shows, as if it were UTC. */
export function wallOf(at: number, offsets: Offsets): number {
  return at + segmentAt(at, offsets).offset * MINUTE_MS;
}

/** The instants at which a zone's clock shows a time: none, one or two. */
export function instantsOf(wall: number, offsets: Offsets): number[] {
  return offsets.flatMap(([from, offset], place) => {
    const at = wall - offset * MINUTE_MS;
    return at >= from && at < (offsets[place + 1]?.[0] ?? Number.POSITIVE_INFINITY) ? [at] : [];
  });
}

/** Which instant Go means by a time of the wall clock where there are two or none. */
function goInstant(wall: number, offsets: Offsets): number {
  const { offset, from, to } = segmentAt(wall, offsets);
  const at = wall - offset * MINUTE_MS;
  return at >= from && at < to ? at : wall - segmentAt(at, offsets).offset * MINUTE_MS;
}

function segmentAt(at: number, offsets: Offsets): { offset: number; from: number; to: number } {
  const later = offsets.findIndex(([from]) => from > at);
  const place = later < 0 ? offsets.length - 1 : Math.max(0, later - 1);
  const [from, offset] = offsets[place]!;
  return { offset, from, to: offsets[place + 1]?.[0] ?? Number.POSITIVE_INFINITY };
}

function hourOf(wall: number): number {
  return Math.floor((wall % DAY_MS) / HOUR_MS);
}

function matchesDay({ dayOfWeek, dayOfMonth, month }: Calendar, wall: number): boolean {
  const date = new Date(wall);
  return (
    month.includes(date.getUTCMonth() + 1) &&
    dayOfMonth.includes(date.getUTCDate()) &&
    dayOfWeek.includes(date.getUTCDay())
  );
}
