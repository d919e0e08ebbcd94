/** Minutes east of UTC, each from an instant on; the first is from -infinity. */
export type ZoneOffsets = [fromMs: number, offsetMinutes: number][];

const DAY_MS = 24 * 3600 * 1000;
/** As long as any task may be open, and more. */
const HORIZON_DAYS = 12 * 366;
/** Zones times days: more than one installation uses at a time. */
const MAX_KNOWN = 100;

const known = new Map<string, ZoneOffsets>();
const readers = new Map<string, OffsetReader>();

/** The offset of a zone, in minutes east of UTC, at an instant in ms since the epoch. */
export type OffsetReader = (instant: number) => number;

/**
 * Offsets of a time zone from yesterday on, as the machine takes them: minutes east of UTC, each from an instant on.
 * They are recorded with the task, because the host's zone data may change under a running one.
 *
 * @throws RangeError when the zone is unknown
 */
export function zoneOffsets(zone: string, now: number): ZoneOffsets {
  const from = Math.floor(now / DAY_MS - 1) * DAY_MS;
  const key = `${zone} ${from}`;
  return remember(known, key, () => offsetsBetween(zone, from, from + HORIZON_DAYS * DAY_MS));
}

/**
 * Offsets of a time zone from one instant to another, both at midnight in UTC: minutes east of UTC, each from an instant on.
 *
 * @throws RangeError when the zone is unknown
 */
export function offsetsBetween(zone: string, from: number, to: number): ZoneOffsets {
  const offsetAt = offsetReader(zone);
  const offsets: ZoneOffsets = [[from, offsetAt(from)]];
  for (let end = from + DAY_MS; end <= to; end += DAY_MS) {
    const offset = offsetAt(end);
    if (offset !== offsets.at(-1)![1]) offsets.push([firstInstant(offsetAt, end - DAY_MS, end), offset]);
  }
  return offsets;
}

/** Offsets of those of the zones that exist: one that does not fails the nodes that use it, not the start. */
export function namedZones(zones: readonly string[], now: number): Record<string, ZoneOffsets> {
  return Object.fromEntries(zones.filter(isZone).map((zone) => [zone, zoneOffsets(zone, now)]));
}

/** Whether there is a time zone of this name. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** The instant of a change within a day, by halving; changes fall on whole minutes. */
function firstInstant(offsetAt: OffsetReader, before: number, after: number): number {
  const offset = offsetAt(after);
  let [low, high] = [before, after];
  while (high - low > 60_000) {
    const middle = Math.floor((low + high) / 2 / 60_000) * 60_000;
    if (offsetAt(middle) === offset) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * Reads the offsets of a zone.
 *
 * @throws RangeError when the zone is unknown
 */
export function offsetReader(zone: string): OffsetReader {
  // A formatter takes longer to make than the rest of a request.
  return remember(readers, zone, () => readByDay(makeReader(zone)));
}

/** Keeps the offsets of days on which the clock does not change: to ask takes longer than to format a time. */
function readByDay(read: OffsetReader): OffsetReader {
  const days = new Map<number, number | 'changes'>();
  return (instant) => {
    const day = Math.floor(instant / DAY_MS);
    const offset = remember(days, day, () => {
      const atStart = read(day * DAY_MS);
      return read((day + 1) * DAY_MS) === atStart ? atStart : 'changes';
    });
    return offset === 'changes' ? read(instant) : offset;
  };
}

function makeReader(zone: string): OffsetReader {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (instant) => {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const wall = Date.UTC(parts.year!, parts.month! - 1, parts.day, parts.hour, parts.minute, parts.second);
    // Of the milliseconds of an instant in UTC's own offset, -0 would be left.
    return Math.round((wall - instant) / 60_000) || 0;
  };
}

function remember<K, V>(values: Map<K, V>, key: K, make: () => V): V {
  const known = values.get(key);
  if (known !== undefined) return known;
  const value = make();
  if (values.size >= MAX_KNOWN) values.clear();
  values.set(key, value);
  return value;
}
