import { GantryError } from '../base/error';
import type { Calendar } from '../temporal/schedules';

/** The fields of the cron object, in the order of its text (bk-sops §9.1): the day of the week is third. */
export const CRON_FIELDS = ['minute', 'hour', 'day_of_week', 'day_of_month', 'month_of_year'] as const;
export type CronField = (typeof CRON_FIELDS)[number];
export type Cron = Record<CronField, string>;

/** The times of a cron object. */
export interface CronTimes extends Calendar {
  /** Whether the hour is said outright, by neither `*` nor a step nor all hours: then a time that comes twice is meant once. */
  hasFixedHour: boolean;
}

interface Bounds {
  first: number;
  last: number;
  /** Another number of the first value. */
  alias?: number;
  /** What the values are called, and their names from `first` on; three letters tell. */
  literal?: { kind: string; names: readonly string[] };
}

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const HOURS = 24;

const BOUNDS: Record<CronField, Bounds> = {
  minute: { first: 0, last: 59 },
  hour: { first: 0, last: 23 },
  day_of_week: { first: 0, last: 6, alias: 7, literal: { kind: 'weekday', names: WEEKDAYS } },
  day_of_month: { first: 1, last: 31 },
  month_of_year: { first: 1, last: 12, literal: { kind: 'month', names: MONTHS } },
};

const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A cron object without blanks, missing fields as `*`. A blank between two values stays: it is not to make one of them. */
export function normaliseCron(given: Partial<Record<CronField, string>>): Cron {
  const field = (name: CronField) => (given[name] ?? '').replace(/(?<!\w)\s+|\s+(?!\w)/g, '') || '*';
  return Object.fromEntries(CRON_FIELDS.map((name) => [name, field(name)])) as Cron;
}

/**
 * The times that a cron object means, as celery reads it: all five fields have to match.
 *
 * @throws GantryError `refused` with the problem of each field, or when no day of any year matches
 */
export function parseCron(cron: Cron): CronTimes {
  const problems: { field: CronField; message: string }[] = [];
  const read = (field: CronField): number[] => {
    try {
      return expandField(cron[field], BOUNDS[field]);
    } catch (error) {
      problems.push({ field, message: (error as Error).message });
      return [];
    }
  };
  const calendar = {
    minute: read('minute'),
    hour: read('hour'),
    dayOfWeek: read('day_of_week'),
    dayOfMonth: read('day_of_month'),
    month: read('month_of_year'),
  };
  if (problems.length > 0) {
    throw new GantryError('refused', problems.map(({ field, message }) => `${field}: ${message}`).join('; '), {
      details: problems,
    });
  }
  const firstDay = calendar.dayOfMonth[0]!;
  if (calendar.month.every((month) => LONGEST_MONTHS[month - 1]! < firstDay)) {
    throw new GantryError('refused', `day_of_month: no month of ${cron.month_of_year} has a day ${firstDay}`);
  }
  const isEveryHour = /[*/]/.test(cron.hour) || calendar.hour.length === HOURS;
  return { ...calendar, hasFixedHour: !isEveryHour };
}

/** `<m> <h> <dow> <dom> <moy> (m/h/d/dM/MY) <time zone>`. */
export function cronText(cron: Cron, timeZone: string): string {
  return `${CRON_FIELDS.map((field) => cron[field]).join(' ')} (m/h/d/dM/MY) ${timeZone}`;
}

function expandField(text: string, bounds: Bounds): number[] {
  const values = text.split(',').flatMap((part) => expandPart(part, bounds));
  return [...new Set(values)].sort((a, b) => a - b);
}

/** `*`, `a` or `a-b`, the first and the last also with `/step`; a range may go on at the beginning: `22-2`. */
function expandPart(part: string, bounds: Bounds): number[] {
  const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\w+))?$/.exec(part);
  if (!match) throw new Error(`'${part}' is no value, range, list or step`);
  const [, star, from, to, step] = match;
  const values = star ? between(bounds.first, bounds.last) : expandRange(from!, to ?? from!, bounds);
  if (step === undefined) return values;
  if (!star && to === undefined) throw new Error(`'${part}': a step needs * or a range before it`);
  if (!/^\d+$/.test(step) || Number(step) === 0) throw new Error(`'${part}': the step is not a number above 0`);
  return values.filter((_, place) => place % Number(step) === 0);
}

function expandRange(from: string, to: string, bounds: Bounds): number[] {
  const [start, last] = [readNumber(from, bounds), readNumber(to, bounds)];
  const first = start === bounds.alias ? bounds.first : start;
  if (start === last) return [first];
  if (first <= last) return between(first, last).map((value) => (value === bounds.alias ? bounds.first : value));
  return [...between(first, bounds.last), ...between(bounds.first, last)];
}

function readNumber(text: string, { first, last, alias = last, literal }: Bounds): number {
  if (!/^\d+$/.test(text)) {
    const place = literal?.names.indexOf(text.slice(0, 3).toLowerCase()) ?? -1;
    if (place >= 0) return first + place;
    throw new Error(literal ? `Invalid ${literal.kind} literal '${text}'.` : `'${text}' is not a number`);
  }
  const value = Number(text);
  if (value > alias) throw new Error(`Invalid end range: ${value} > ${alias}.`);
  if (value < first) throw new Error(`Invalid beginning range: ${value} < ${first}.`);
  return value;
}

function between(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, place) => first + place);
}
