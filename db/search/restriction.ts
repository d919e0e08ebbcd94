import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Column, Columns } from './column';

/** A value as rows have it; a time is its milliseconds since 1970. */
export type Value = string | number | boolean;

/** What is said of the value of a column; of one with many values it is said of any of them. */
export type Claim =
  /** There is none. */
  | { is: 'null' }
  | { is: 'oneOf'; values: ReadonlySet<Value> }
  | { is: 'lt' | 'lte' | 'gt' | 'gte'; value: Value }
  | { is: 'contains'; text: string }
  /** Only the program can tell. */
  | { is: 'pattern'; matches(text: string): boolean };

export interface Test {
  column: string;
  claim: Claim;
  /** What the claim does not hold for, among it rows without a value. */
  isNegated: boolean;
}

/** Which rows are meant. Nothing but tests is ever negated, so leaving some out never means fewer rows. */
export type Restriction =
  | boolean
  | { every: readonly Restriction[] }
  | { some: readonly Restriction[] }
  | { test: Test };

/** An expression that holds for all rows that are meant, and where there is no pattern for no others. */
export function expressionOf(restriction: Restriction, columns: Columns): RawBuilder<SqlBool> {
  if (typeof restriction === 'boolean') return sql.lit<SqlBool>(restriction);
  if ('test' in restriction) return testExpression(restriction.test, columns[restriction.test.column]!);
  const { parts, word } =
    'every' in restriction
      ? { parts: restriction.every, word: sql` and ` }
      : { parts: restriction.some, word: sql` or ` };
  if (parts.length === 0) return sql.lit<SqlBool>('every' in restriction);
  return sql`(${sql.join(
    parts.map((part) => expressionOf(part, columns)),
    word,
  )})`;
}

function testExpression({ claim, isNegated }: Test, column: Column): RawBuilder<SqlBool> {
  if (claim.is === 'pattern') return sql.lit<SqlBool>(true);
  if (column.rows) {
    const rows = claim.is === 'null' ? column.rows : sql`${column.rows} and ${claimExpression(claim, column)}`;
    // A list without elements is no value.
    const isThere = isNegated === (claim.is === 'null');
    return isThere ? sql`exists (select from ${rows})` : sql`not exists (select from ${rows})`;
  }
  const holds = claimExpression(claim, column);
  return isNegated ? sql`(${holds}) is not true` : holds;
}

function claimExpression(claim: Exclude<Claim, { is: 'pattern' }>, { type, value }: Column): RawBuilder<SqlBool> {
  switch (claim.is) {
    case 'null':
      return sql`${value} is null`;
    case 'oneOf': {
      const [first, ...more] = claim.values;
      if (first !== undefined && more.length === 0) return sql`${value} = ${parameter(type, first)}`;
      const values = [...claim.values].map((one) => plain(type, one));
      return sql`${value} = any (${values}::${sql.raw(SQL_TYPES[type])}[])`;
    }
    case 'contains':
      return sql`strpos(${value}, ${claim.text}) > 0`;
    default:
      return sql`${value} ${sql.raw(SIGNS[claim.is])} ${parameter(type, claim.value)}`;
  }
}

const SIGNS = { lt: '<', lte: '<=', gt: '>', gte: '>=' };

const SQL_TYPES = { text: 'text', integer: 'integer', boolean: 'boolean', time: 'timestamptz' };

function parameter(type: Column['type'], value: Value): RawBuilder<unknown> {
  // What is compared with an integer need not be one.
  const as = type === 'integer' && !isInt4(value) ? 'numeric' : SQL_TYPES[type];
  return sql`${plain(type, value)}::${sql.raw(as)}`;
}

function plain(type: Column['type'], value: Value): Value {
  return type === 'time' ? new Date(Number(value)).toISOString() : value;
}

/** Whether a value is one that a column of integers can hold. */
export function isInt4(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31;
}
