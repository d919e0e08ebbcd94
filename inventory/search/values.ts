import { isText } from '../../base/text';
import type { ColumnType } from '../../db/search/column';
import { isInt4, type Value } from '../../db/search/restriction';
import type { Scalar } from './condition';

/** A value as a column of the type has it, to be equal to; undefined when none there can be. */
export function equalTo(type: ColumnType, value: Scalar): Value | undefined {
  const read = comparedWith(type, value);
  return type === 'integer' && !isInt4(read) ? undefined : read;
}

/** A value that those of a column of the type can be compared with; undefined when it says nothing to them. */
export function comparedWith(type: ColumnType, value: Scalar): Value | undefined {
  if (value === null) return undefined;
  switch (type) {
    case 'text':
      if (typeof value === 'boolean') return undefined;
      return typeof value !== 'string' ? String(value) : isText(value) ? value : undefined;
    case 'integer':
      return typeof value === 'boolean' ? undefined : numberOf(value);
    case 'boolean':
      return typeof value === 'boolean' ? value : BOOLEANS[String(value)];
    default:
      return typeof value === 'string' ? timeOf(value) : undefined;
  }
}

const BOOLEANS: Partial<Record<string, boolean>> = Object.assign(Object.create(null), { true: true, false: false });

function numberOf(value: string | number | bigint): number | undefined {
  if (typeof value === 'string' && !/^[+-]?\d{1,300}(?:\.\d{1,300})?$/.test(value)) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** RFC 3339. */
const TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;
/** Postgres has no year 0, and reads years of four digits; offsets lead beyond both. */
const FIRST_TIME = Date.parse('0001-01-01T00:00:00Z');
const LAST_TIME = Date.parse('9999-12-31T23:59:59.999Z');

function timeOf(text: string): number | undefined {
  const time = TIME.test(text) ? Date.parse(text.toUpperCase().replace(' ', 'T')) : Number.NaN;
  return time >= FIRST_TIME && time <= LAST_TIME ? time : undefined;
}

/** A value of a row as it is compared. */
export function comparable(stored: unknown): Value | null {
  return stored instanceof Date ? stored.getTime() : (stored as Value | null);
}

/** Less than 0, 0 or more, as the server has it: texts by code points, false before true. */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  return Number(a) - Number(b);
}

/** What is beyond the first 65,536 code points is two surrogates here, which come before others that it comes after. */
function compareTexts(a: string, b: string): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at += 1;
  if (at === a.length || at === b.length) return a.length - b.length;
  return rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
