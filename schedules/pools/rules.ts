import { GantryError, wrongField } from '../../base/error';

/** A time at which something is done with a pool. */
export interface CronTime {
  /** 0: every day; 1: Sunday, to 7: Saturday. */
  week_day: number;
  /** `HH:MM` or `HH:MM:SS`. */
  time: string;
}

/** A pool that needs another one. */
export interface Dependency {
  pool_id: number;
  on: number;
}

/** The time of day of an item, `HH:MM`. */
export function timeOfDay({ time }: Pick<CronTime, 'time'>): string {
  return time.slice(0, 5);
}

/** @throws GantryError `invalid` when two items mean the same time of one day (orion §8) */
export function requireDistinctTimes(items: readonly CronTime[]): void {
  const taken = new Map<string, Set<number>>();
  for (const item of items) {
    const at = timeOfDay(item);
    const days = taken.get(at) ?? new Set();
    const isTaken = item.week_day === 0 ? days.size > 0 : days.has(0) || days.has(item.week_day);
    if (isTaken) {
      const args = { what: 'cron item', name: item.time };
      throw new GantryError('invalid', `Cron time ${item.time} is duplicate!`, { reason: { code: 'duplicate', args } });
    }
    taken.set(at, days.add(item.week_day));
  }
}

/** @throws GantryError `invalid` when a pool would come to depend on itself, naming the way there */
export function requireNoCircle(known: readonly Dependency[], poolId: number, on: readonly number[]): void {
  const next = new Map<number, number[]>();
  for (const { pool_id, on } of known) next.set(pool_id, [...(next.get(pool_id) ?? []), on]);
  const seen = new Set<number>();
  const open = on.map((id) => [poolId, id]);
  for (let way = open.pop(); way; way = open.pop()) {
    const id = way.at(-1)!;
    if (id === poolId) {
      const message = `depend_items: pool ${poolId} would depend on itself: ${way.join(' -> ')}`;
      throw wrongField(message, { code: 'malformed', args: { field: 'depend_items' } });
    }
    if (seen.has(id)) continue;
    seen.add(id);
    for (const further of next.get(id) ?? []) open.push([...way, further]);
  }
}
