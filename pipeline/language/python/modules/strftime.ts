import { limitError, valueError } from '../errors';
import type { Meter } from '../limits';
import { civilOf, DAY_MICROS, dayOfYear, daysInMonth, daysOf, isoWeek, weekdayOf } from './calendar';

/** A moment as a calendar and a clock show it. */
export interface Moment {
  /** Days since 1970-01-01. */
  days: number;
  /** Microseconds of the day. */
  micros: number;
  /** Minutes east of UTC, when known. */
  offset?: number;
  zone?: string;
}

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MONTHS = 'January February March April May June July August September October November December'.split(' ');

export function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

export function clockOf(micros: number): { hour: number; minute: number; second: number; microsecond: number } {
  const seconds = Math.floor(micros / 1_000_000);
  return {
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    microsecond: micros % 1_000_000,
  };
}

export function offsetText(minutes: number, separator: string): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(size / 60))}${separator}${twoDigits(size % 60)}`;
}

const DIRECTIVES: Record<string, (moment: Moment) => string> = {
  a: ({ days }) => WEEKDAYS[weekdayOf(days)]!.slice(0, 3),
  A: ({ days }) => WEEKDAYS[weekdayOf(days)]!,
  b: ({ days }) => MONTHS[civilOf(days).month - 1]!.slice(0, 3),
  B: ({ days }) => MONTHS[civilOf(days).month - 1]!,
  c: (moment) => strftime(moment, '%a %b %e %H:%M:%S %Y'),
  C: ({ days }) => twoDigits(Math.floor(civilOf(days).year / 100)),
  d: ({ days }) => twoDigits(civilOf(days).day),
  D: (moment) => strftime(moment, '%m/%d/%y'),
  e: ({ days }) => String(civilOf(days).day).padStart(2),
  f: ({ micros }) => String(micros % 1_000_000).padStart(6, '0'),
  F: (moment) => strftime(moment, '%Y-%m-%d'),
  g: ({ days }) => twoDigits(isoWeek(days).year % 100),
  G: ({ days }) => String(isoWeek(days).year),
  h: (moment) => strftime(moment, '%b'),
  H: ({ micros }) => twoDigits(clockOf(micros).hour),
  I: ({ micros }) => twoDigits(clockOf(micros).hour % 12 || 12),
  j: ({ days }) => String(dayOfYear(days)).padStart(3, '0'),
  k: ({ micros }) => String(clockOf(micros).hour).padStart(2),
  l: ({ micros }) => String(clockOf(micros).hour % 12 || 12).padStart(2),
  m: ({ days }) => twoDigits(civilOf(days).month),
  M: ({ micros }) => twoDigits(clockOf(micros).minute),
  n: () => '\n',
  p: ({ micros }) => (clockOf(micros).hour < 12 ? 'AM' : 'PM'),
  r: (moment) => strftime(moment, '%I:%M:%S %p'),
  R: (moment) => strftime(moment, '%H:%M'),
  s: ({ days, micros, offset = 0 }) => String(days * 86_400 + Math.floor(micros / 1_000_000) - offset * 60),
  S: ({ micros }) => twoDigits(clockOf(micros).second),
  t: () => '\t',
  T: (moment) => strftime(moment, '%H:%M:%S'),
  u: ({ days }) => String(weekdayOf(days) + 1),
  U: ({ days }) => twoDigits(Math.floor((dayOfYear(days) + 6 - ((weekdayOf(days) + 1) % 7)) / 7)),
  V: ({ days }) => twoDigits(isoWeek(days).week),
  w: ({ days }) => String((weekdayOf(days) + 1) % 7),
  W: ({ days }) => twoDigits(Math.floor((dayOfYear(days) + 6 - weekdayOf(days)) / 7)),
  x: (moment) => strftime(moment, '%m/%d/%y'),
  X: (moment) => strftime(moment, '%H:%M:%S'),
  y: ({ days }) => twoDigits(civilOf(days).year % 100),
  Y: ({ days }) => String(civilOf(days).year),
  z: ({ offset }) => (offset === undefined ? '' : offsetText(offset, '')),
  Z: ({ zone }) => zone ?? '',
  '%': () => '%',
};

const MAX_FORMAT = 10_000;

/** strftime in the C locale; an unknown directive stays as it is. */
export function strftime(moment: Moment, format: string): string {
  if (format.length > MAX_FORMAT)
    throw limitError(`a format of ${format.length} characters, over the limit of ${MAX_FORMAT}`);
  return format.replace(/%([-_0^]?)([a-zA-Z%])/g, (whole, flag: string, directive: string) => {
    const text = Object.hasOwn(DIRECTIVES, directive) ? DIRECTIVES[directive]!(moment) : undefined;
    if (text === undefined) return whole;
    if (flag === '-') return text.replace(/^[ 0]+(?=.)/, '');
    if (flag === '^') return text.toUpperCase();
    return flag === '_' ? text.replace(/^0+(?=.)/, (zeros) => ' '.repeat(zeros.length)) : text;
  });
}

/** strftime of what users write. */
export function formatted(moment: Moment, format: string, meter: Meter): string {
  meter.charge(format.length * FORMATTED);
  const text = strftime(moment, format);
  meter.produce(text.length);
  return text;
}

/** Units of work a character of a format: a directive may stand for a whole date. */
const FORMATTED = 100;
/** Units of work of reading one date. */
const PARSED = 10_000;

interface Parsed {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  micros: number;
  afternoon?: boolean;
  dayOfYear?: number;
  offset?: number;
  epoch?: number;
}

const names = (list: readonly string[], length?: number): string => list.map((name) => name.slice(0, length)).join('|');

/** What a directive reads, and what it says. */
const READERS: Record<string, [pattern: string, read: (text: string) => Partial<Parsed>]> = {
  Y: ['\\d{4}', (text) => ({ year: Number(text) })],
  y: ['\\d{2}', (text) => ({ year: Number(text) + (Number(text) < 69 ? 2000 : 1900) })],
  m: ['1[0-2]|0[1-9]|[1-9]', (text) => ({ month: Number(text) })],
  d: ['3[01]|[12]\\d|0[1-9]|[1-9]| [1-9]', (text) => ({ day: Number(text) })],
  H: ['2[0-3]|[01]\\d|\\d', (text) => ({ hour: Number(text) })],
  I: ['1[0-2]|0[1-9]|[1-9]', (text) => ({ hour: Number(text) })],
  M: ['[0-5]\\d|\\d', (text) => ({ minute: Number(text) })],
  S: ['6[01]|[0-5]\\d|\\d', (text) => ({ second: Number(text) })],
  f: ['\\d{1,6}', (text) => ({ micros: Number(text.padEnd(6, '0')) })],
  p: ['am|pm', (text) => ({ afternoon: text.toLowerCase() === 'pm' })],
  j: ['36[0-6]|3[0-5]\\d|[12]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9]', (text) => ({ dayOfYear: Number(text) })],
  b: [names(MONTHS, 3), (text) => ({ month: monthNumber(text) })],
  B: [names(MONTHS), (text) => ({ month: monthNumber(text) })],
  a: [names(WEEKDAYS, 3), () => ({})],
  A: [names(WEEKDAYS), () => ({})],
  w: ['[0-6]', () => ({})],
  z: ['[+-]\\d\\d:?[0-5]\\d|Z', (text) => ({ offset: offsetOf(text) })],
  Z: ['utc|gmt', () => ({})],
};

const SHORTCUTS: Record<string, string> = {
  D: '%m/%d/%y',
  T: '%H:%M:%S',
  R: '%H:%M',
  F: '%Y-%m-%d',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
  c: '%a %b %d %H:%M:%S %Y',
};

function monthNumber(text: string): number {
  return MONTHS.findIndex((name) => name.slice(0, 3).toLowerCase() === text.slice(0, 3).toLowerCase()) + 1;
}

function offsetOf(text: string): number {
  if (text.toUpperCase() === 'Z') return 0;
  const digits = text.slice(1).replace(':', '');
  return (text.startsWith('-') ? -1 : 1) * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4)));
}

/** strptime for the usual directives. Throws a value error when the text does not fit. */
export function strptime(text: string, format: string, meter: Meter): Moment {
  meter.charge(PARSED);
  if (format.length > 200 || text.length > 1000)
    throw limitError('a date and its format, over the limit of 1000 and 200 characters');
  const readers: ((text: string) => Partial<Parsed>)[] = [];
  const seen = new Set<string>();
  const source = format
    .replace(/%([DTRFxXc])/g, (whole, name: string) => SHORTCUTS[name] ?? whole)
    .replace(/%(.)|\s+|[^%\s]/gsu, (part, directive: string | undefined) => {
      if (directive === undefined) return /^\s/.test(part) ? '\\s+' : part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
      if (directive === '%') return '%';
      const reader = Object.hasOwn(READERS, directive) ? READERS[directive] : undefined;
      if (!reader) throw valueError(`'${directive}' is a bad directive in format '${format}'`);
      if (seen.has(directive)) throw valueError(`'${directive}' occurs twice in format '${format}'`);
      seen.add(directive);
      readers.push(reader[1]);
      return `(${reader[0]})`;
    });
  // Each piece is bounded and occurs once, so that matching is fast for any format.
  const match = new RegExp(`^${source}$`, 'iu').exec(text);
  if (!match) throw valueError(`time data '${text}' does not match format '${format}'`);
  const parsed: Parsed = { year: 1900, month: 1, day: 1, hour: 0, minute: 0, second: 0, micros: 0 };
  for (const [index, read] of readers.entries()) Object.assign(parsed, read(match[index + 1]!));
  return momentOf(parsed);
}

function momentOf(parsed: Parsed): Moment {
  const { year, month, day, minute, second, micros, offset } = parsed;
  if (day > daysInMonth(year, month)) throw valueError('day is out of range for month');
  let hour = parsed.hour;
  if (parsed.afternoon !== undefined) hour = (hour % 12) + (parsed.afternoon ? 12 : 0);
  const days =
    parsed.dayOfYear === undefined
      ? daysOf({ year, month, day })
      : daysOf({ year, month: 1, day: 1 }) + parsed.dayOfYear - 1;
  const clock = ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros;
  if (clock >= DAY_MICROS) throw valueError('second must be in 0..59');
  return { days, micros: clock, ...(offset !== undefined && { offset }) };
}
