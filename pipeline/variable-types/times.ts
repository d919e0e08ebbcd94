import { isJsonObject, type Json } from '../json';
import { formatted, type Moment, strftime, strptime } from '../language/python/modules/strftime';
import type { Clock, VariableType } from './type';

const FULL_FORMAT = '%Y-%m-%d %H:%M:%S';
const DEFAULT_ZONE = 'Asia/Shanghai';
const DAY_MS = 24 * 3600 * 1000;

/** Zones that never change their offset: they are known without being recorded. */
const FIXED_ZONES: Record<string, { offset: number; abbreviation: string }> = {
  [DEFAULT_ZONE]: { offset: 8 * 60, abbreviation: 'CST' },
  UTC: { offset: 0, abbreviation: 'UTC' },
};

/** `time`: `HH:MM:SS` without its seconds (bk-sops §4.7). */
export const time: VariableType = {
  resolve(value) {
    if (typeof value !== 'string') throw new Error('a time is not text of the form HH:MM:SS');
    return value.slice(0, -3);
  },
};

/** `current_time`: the chosen units of now, `%Y-%m-%d %H:%M:%S` when all are (bk-sops §4.7). */
export const currentTime: VariableType = {
  zones: namedZones,
  resolve(value, clock) {
    const { time_unit } = fieldsOf(value);
    const units = Array.isArray(time_unit) && time_unit.length > 0 ? time_unit : ALL_UNITS;
    return strftime(now(value, clock), formatOf(units));
  },
};

/** `format_support_current_time`: now in the constant's own format (bk-sops §4.7). */
export const formattedCurrentTime: VariableType = {
  zones: namedZones,
  resolve: (value, clock, meter) => formatted(now(value, clock), textField(value, 'time_format') ?? FULL_FORMAT, meter),
};

/** `format_support_datetime`: a date in the constant's own format (bk-sops §4.7). */
export const formattedDatetime: VariableType = {
  resolve(value, _clock, meter) {
    const text = textField(value, 'datetime');
    if (text === undefined) throw new Error('format_support_datetime has no datetime');
    return formatted(strptime(text, FULL_FORMAT, meter), textField(value, 'datetime_format') ?? FULL_FORMAT, meter);
  },
};

const DATE_UNITS = { year: '%Y', month: '%m', day: '%d' };
const CLOCK_UNITS = { hour: '%H', minute: '%M', second: '%S' };
const ALL_UNITS: Json[] = [...Object.keys(DATE_UNITS), ...Object.keys(CLOCK_UNITS)];

function formatOf(units: Json[]): string {
  const chosen = (formats: Record<string, string>, separator: string) =>
    Object.entries(formats)
      .filter(([unit]) => units.includes(unit))
      .map(([, format]) => format)
      .join(separator);
  return `${chosen(DATE_UNITS, '-')} ${chosen(CLOCK_UNITS, ':')}`.trim();
}

function now(value: Json, clock: Clock): Moment {
  const zone = textField(value, 'time_zone') ?? DEFAULT_ZONE;
  const fixed = Object.hasOwn(FIXED_ZONES, zone) ? FIXED_ZONES[zone]! : undefined;
  const offset = fixed?.offset ?? clock.zoneOffsetMinutes(zone, clock.now);
  const wall = clock.now + offset * 60_000;
  const days = Math.floor(wall / DAY_MS);
  return { days, micros: (wall - days * DAY_MS) * 1000, offset, ...(fixed && { zone: fixed.abbreviation }) };
}

function namedZones(value: Json): string[] {
  const zone = isJsonObject(value) ? value.time_zone : undefined;
  return typeof zone === 'string' && !zone.includes('${') && !Object.hasOwn(FIXED_ZONES, zone.trim())
    ? [zone.trim()]
    : [];
}

function fieldsOf(value: Json): { [key: string]: Json } {
  if (isJsonObject(value)) return value;
  // An untouched form sends nothing: the defaults apply.
  if (value === '' || value === null) return {};
  throw new Error('the definition of a time is not an object');
}

/** A field's text; undefined when it is missing or empty. */
function textField(value: Json, name: string): string | undefined {
  const field = fieldsOf(value)[name];
  return typeof field === 'string' && field.trim() !== '' ? field.trim() : undefined;
}
