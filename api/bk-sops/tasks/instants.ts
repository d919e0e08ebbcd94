import { offsetReader } from '../../../base/zone';

/** What a date or a time in a query covers: the whole day, or the whole second. */
export interface Span {
  start: Date;
  /** Not included. */
  end: Date;
}

const MINUTE_MS = 60_000;
// A plus sign that a client forgot to escape arrives as a blank.
const FORMAT = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d)(?:\.\d{1,6})?\s*(Z|[+\- ]\d\d:?\d\d)?)?$/;

/**
 * Reads `YYYY-MM-DD`, `YYYY-MM-DD HH:MM:SS[ ][+HHMM]` or ISO 8601 (bk-sops §7.4); without an offset it is of the wall
 * clock in `zone`. Undefined when the text is no time.
 */
export function spanOf(text: string, zone: string): Span | undefined {
  const [, day, time, offset] = FORMAT.exec(text.trim()) ?? [];
  const wall = Date.parse(`${day}T${time ?? '00:00:00'}Z`);
  // Dates that do not exist are carried over into the next month.
  if (Number.isNaN(wall) || !new Date(wall).toISOString().startsWith(day!)) return undefined;
  const toInstant = (at: number) => new Date(at - minutesOf(offset, zone, at) * MINUTE_MS);
  const length = time === undefined ? 24 * 60 * MINUTE_MS : 1000;
  return { start: toInstant(wall), end: toInstant(wall + length) };
}

function minutesOf(offset: string | undefined, zone: string, wall: number): number {
  if (offset === 'Z') return 0;
  if (offset !== undefined) {
    const digits = offset.slice(1).replace(':', '');
    const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
    return offset.startsWith('-') ? -minutes : minutes;
  }
  const offsetAt = offsetReader(zone);
  // The offset that holds then is known only once the instant is: the wall clock is near enough to look twice.
  return offsetAt(wall - offsetAt(wall) * MINUTE_MS);
}
