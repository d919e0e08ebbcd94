import type { CronTimes } from '../cron';
import { DAY_MS, dueInstants } from '../due';
import { type CronTime, timeOfDay } from './rules';

/** An item of a schedule, as far as it says when it is due. */
export interface CronItem extends CronTime {
  id: number;
  /** It is never due. */
  is_ignored: boolean;
}

/** An instant, in ms since the epoch, and what is due then. */
export interface Due<T extends CronItem> {
  at: number;
  item: T;
}

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const DAYS_OF_MONTH = Array.from({ length: 31 }, (_, place) => place + 1);
const MONTHS = Array.from({ length: 12 }, (_, place) => place + 1);
/** A day of the week comes again within it, also where the clocks leave that time out once. */
const LOOK_BACK_MS = 15 * DAY_MS;

/** When the clock of a zone shows the time of an item (orion §8). */
export function timesOfItem(item: CronTime): CronTimes {
  const [hour, minute] = timeOfDay(item).split(':').map(Number) as [number, number];
  return {
    minute: [minute],
    hour: [hour],
    dayOfWeek: item.week_day === 0 ? EVERY_DAY : [item.week_day - 1],
    dayOfMonth: DAYS_OF_MONTH,
    month: MONTHS,
    hasFixedHour: true,
  };
}

/**
 * What is due after an instant and until another, that one among them, in order. A time that comes twice because the clocks
 * are put back is due the first time; one that is left out is not due that day.
 *
 * @param after in ms since the epoch, as `until`
 * @throws RangeError when the zone is unknown
 */
export function dueItems<T extends CronItem>(
  items: readonly T[],
  timeZone: string,
  after: number,
  until: number,
): Due<T>[] {
  const due = items
    .filter(({ is_ignored }) => !is_ignored)
    .flatMap((item) => [...dueInstants(timesOfItem(item), timeZone, after, until)].map((at) => ({ at, item })));
  return due.sort((one, other) => one.at - other.at || one.item.id - other.item.id);
}

/**
 * From when on a schedule that is saved now is due: a pool is at once to be as its last time wants it, but nothing is deployed
 * that somebody has not waited for (orion §8).
 */
export function catchUpFrom(kind: 'expand' | 'shrink' | 'deploy', now: number): number {
  return kind === 'deploy' ? now : now - LOOK_BACK_MS;
}

/** What was due last before now, or is due now: what a pool should be like. @param since what was due until then is let be */
export function lastDue<T extends CronItem>(
  items: readonly T[],
  timeZone: string,
  now: number,
  since = 0,
): Due<T> | undefined {
  return dueItems(items, timeZone, Math.max(since, now - LOOK_BACK_MS), now).at(-1);
}

/** When something is due next, in ms since the epoch; undefined: nothing ever is. */
export function nextDue(items: readonly CronItem[], timeZone: string, now: number): number | undefined {
  return nextDueItems(items, timeZone, now, 1)[0]?.at;
}

/** So many of what is due next, in order, as far as two weeks from now. */
export function nextDueItems<T extends CronItem>(
  items: readonly T[],
  timeZone: string,
  now: number,
  most: number,
): Due<T>[] {
  return dueItems(items, timeZone, now, now + LOOK_BACK_MS).slice(0, most);
}
