import type { Columns } from '../../db/search/column';
import type { Claim, Restriction, Test, Value } from '../../db/search/restriction';
import type { Condition } from './condition';
import { resolve } from './resolve';
import { comparable, compareValues } from './values';

/** Whether a row of these columns fulfils a condition; lists are arrays in it, times `Date`s. @throws as `resolve` */
export function matches(condition: Condition, row: Readonly<Record<string, unknown>>, columns: Columns): boolean {
  return holds(resolve(condition, columns), row);
}

/** Whether a row is meant. */
export function holds(restriction: Restriction, row: Readonly<Record<string, unknown>>): boolean {
  if (typeof restriction === 'boolean') return restriction;
  if ('every' in restriction) return restriction.every.every((part) => holds(part, row));
  if ('some' in restriction) return restriction.some.some((part) => holds(part, row));
  return testHolds(restriction.test, row);
}

function testHolds({ column, claim, isNegated }: Test, row: Readonly<Record<string, unknown>>): boolean {
  const stored = row[column];
  if (!Array.isArray(stored)) return claimHolds(claim, comparable(stored)) !== isNegated;
  if (claim.is === 'null') return (stored.length === 0) !== isNegated;
  return stored.some((element) => claimHolds(claim, comparable(element))) !== isNegated;
}

function claimHolds(claim: Claim, value: Value | null): boolean {
  if (value === null) return claim.is === 'null';
  switch (claim.is) {
    case 'null':
      return false;
    case 'oneOf':
      return claim.values.has(value);
    case 'contains':
      return String(value).includes(claim.text);
    case 'pattern':
      return claim.matches(String(value));
    case 'lt':
      return compareValues(value, claim.value) < 0;
    case 'lte':
      return compareValues(value, claim.value) <= 0;
    case 'gt':
      return compareValues(value, claim.value) > 0;
    case 'gte':
      return compareValues(value, claim.value) >= 0;
  }
}
