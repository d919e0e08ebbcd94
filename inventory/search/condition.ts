import { wrongField } from '../../base/error';
import { characterCount } from '../../base/text';
import { MAX_INSTRUCTIONS, roughSize, tooLarge } from './pattern';

export type Scalar = string | number | bigint | boolean | null;

/**
 * What a field is compared with, as Mongo would over documents that have every field: null equals null alone, and `ne` and
 * `nin` hold wherever `eq` and `in` do not. Nothing is less or more than null. Values are read as the field's type has
 * them, those that cannot be equal nothing. A list is compared by each of its elements: `ne` and `nin` hold where none is
 * equal; one without elements is a field that is missing, and so is a field that there is not.
 */
export type Comparison = {
  field: string;
  /** What the client calls the field, for errors. */
  label?: string;
} & (
  | { operator: 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte'; value: Scalar }
  | { operator: 'in' | 'nin'; value: readonly Scalar[] }
  | { operator: 'exists'; value: boolean }
  /** Of texts: as it stands, in upper and lower case. */
  | { operator: 'contains'; value: string }
  /** Of texts: what RE2 finds anywhere in it; options are of i, m and s. */
  | { operator: 'regex'; value: string; options?: string }
);

/** A condition as data. */
export type Condition = { and: readonly Condition[] } | { or: readonly Condition[] } | { not: Condition } | Comparison;

/** What every row fulfils. */
export const EVERYTHING: Condition = { and: [] };

/** What a condition may have at most; a pattern's length is in characters. */
export const CONDITION_LIMITS = {
  depth: 8,
  groups: 200,
  comparisons: 100,
  listLength: 1_000,
  patternLength: 256,
  patterns: 10,
};

/** All of them. @example both([{ field: 'port', operator: 'eq', value: '80' }]) // the comparison itself */
export function both(parts: readonly Condition[]): Condition {
  return parts.length === 1 ? parts[0]! : { and: parts };
}

/** @throws GantryError `invalid` with the reason `too_many` or `too_long` when a condition is larger than it may be */
export function requireBounded(condition: Condition): void {
  requireWithin(condition, 0, { groups: 0, comparisons: 0, patterns: 0, steps: 0 });
}

interface Counts {
  /** Of conditions, one alone too. */
  groups: number;
  comparisons: number;
  patterns: number;
  /** Of all patterns, for a character of text. */
  steps: number;
}

/** `and` is no level of its own: what stands in it could as well stand beside it. */
function requireWithin(condition: Condition, depth: number, counts: Counts): void {
  if ('operator' in condition) {
    counts.comparisons += 1;
    requireAtMost('condition', 'comparisons', counts.comparisons, CONDITION_LIMITS.comparisons);
    requireSmallOperand(condition, counts);
    return;
  }
  counts.groups += 1;
  requireAtMost('condition', 'groups', counts.groups, CONDITION_LIMITS.groups);
  const level = 'and' in condition ? depth : depth + 1;
  requireAtMost('condition', 'levels', level, CONDITION_LIMITS.depth);
  const parts = 'and' in condition ? condition.and : 'or' in condition ? condition.or : [condition.not];
  for (const part of parts) requireWithin(part, level, counts);
}

function requireSmallOperand(comparison: Comparison, counts: Counts): void {
  const name = comparison.label ?? comparison.field;
  if (comparison.operator === 'in' || comparison.operator === 'nin') {
    requireAtMost(name, 'values', comparison.value.length, CONDITION_LIMITS.listLength);
  }
  if (comparison.operator === 'regex') requireSmallPattern(name, comparison.value, counts);
}

function requireSmallPattern(name: string, pattern: string, counts: Counts): void {
  counts.patterns += 1;
  requireAtMost('condition', 'patterns', counts.patterns, CONDITION_LIMITS.patterns);
  const max = CONDITION_LIMITS.patternLength;
  if (pattern.length > max && characterCount(pattern) > max) {
    const message = `the pattern of ${name} is longer than ${max} characters`;
    throw wrongField(message, { code: 'too_long', args: { field: name, max } });
  }
  counts.steps += roughSize(pattern);
  if (counts.steps > MAX_INSTRUCTIONS) throw tooLarge(name);
}

function requireAtMost(field: string, things: string, count: number, max: number): void {
  if (count <= max) return;
  throw wrongField(`${field} has more than ${max} ${things}`, { code: 'too_many', args: { field, max } });
}
