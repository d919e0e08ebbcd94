import { GantryError } from '../tasks/error';
import type { Calendar } from '../temporal/schedules';

/** The fields of the cron object, in the order of its text (spec 9.1): the day of the week is third. */
export const CRON_FIELDS = ['minute', 'hour', 'day_of_week', 'day_of_month', 'month_of_year'] as const;
export type CronField = (typeof CRON_FIELDS)[number];
export type Cron = Record<CronField, string>;

interface Bounds {
  first: number;
  last: number;
  /** Names of the values from `first` on; three letters tell. */
  names?: readonly string[];
}

const BOUNDS: Record<CronField, Bounds> = {
  minute: { first: 0, last: 59 },
  hour: { first: 0, last: 23 },
  day_of_week: { first: 0, last: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
  day_of_month: { first: 1, last: 31 },
  month_of_year: { first: 1, last: 12 },
};

const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A cron object without blanks, missing fields as `*`. */
export function normaliseCron(given: Partial<Record<CronField, string>>): Cron {
  const field = (name: CronField) => (given[name] ?? '').replace(/\s/g, '') || '*';
  return Object.fromEntries(CRON_FIELDS.map((name) => [name, field(name)])) as Cron;
}

/**
 * The times that a cron object means, as celery reads it: all five fields have to match.
 *
 * @throws GantryError `refused` with the problem of each field, or when no day of any year matches
 */
export function parseCron(cron: Cron): Calendar {
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
  return calendar;
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
  const [first, last] = [readNumber(from, bounds), readNumber(to, bounds)];
  if (first <= last) return between(first, last);
  return [...between(first, bounds.last), ...between(bounds.first, last)];
}

function readNumber(text: string, { first, last, names }: Bounds): number {
  if (!/^\d+$/.test(text)) {
    const place = names?.indexOf(text.slice(0, 3).toLowerCase()) ?? -1;
    if (place >= 0) return first + place;
    throw new Error(names ? `Invalid weekday literal '${text}'.` : `'${text}' is not a number`);
  }
  const value = Number(text);
  if (value > last) throw new Error(`Invalid end range: ${value} > ${last}.`);
  if (value < first) throw new Error(`Invalid beginning range: ${value} < ${first}.`);
  return value;
}

function between(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, place) => first + place);
}
