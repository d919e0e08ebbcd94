import { isText } from '../../base/text';
import type { Column, Columns } from '../../db/search/column';
import type { Claim, Restriction, Test } from '../../db/search/restriction';
import type { Comparison, Condition, Scalar } from './condition';
import { compilePattern } from './pattern';
import { comparedWith, equalTo } from './values';

/**
 * What a condition says of the columns that there are: values as the columns have them, negations in front of tests alone,
 * patterns compiled.
 *
 * @throws GantryError `invalid` for a pattern that cannot be had
 */
export function resolve(condition: Condition, columns: Columns, isNegated = false): Restriction {
  if ('not' in condition) return resolve(condition.not, columns, !isNegated);
  if ('operator' in condition) return resolveComparison(condition, columns, isNegated);
  const isEvery = 'and' in condition !== isNegated;
  const parts = ('and' in condition ? condition.and : condition.or).map((part) => resolve(part, columns, isNegated));
  return joined(isEvery, parts);
}

/** What is decided already is left out, and what decides all takes its place. */
function joined(isEvery: boolean, parts: readonly Restriction[]): Restriction {
  const open = parts.filter((part) => part !== isEvery);
  if (open.includes(!isEvery)) return !isEvery;
  if (open.length === 0) return isEvery;
  if (open.length === 1) return open[0]!;
  return isEvery ? { every: open } : { some: open };
}

function resolveComparison(comparison: Comparison, columns: Columns, isNegated: boolean): Restriction {
  const { field, operator, value } = comparison;
  const column = Object.hasOwn(columns, field) ? columns[field]! : undefined;
  // A pattern is looked at wherever it stands: that it cannot be read does not depend on the field.
  const claims = claimsOf(comparison, column?.type ?? 'text');
  if (operator === 'exists') {
    const exists = column?.rows ? { column: field, claim: NULL, isNegated: value !== isNegated } : undefined;
    return exists ? { test: exists } : (column !== undefined) === (value !== isNegated);
  }
  const negated = isNegated !== (operator === 'ne' || operator === 'nin');
  const tests = claims.map((claim): Restriction => {
    if (!column) return (claim.is === 'null') !== negated;
    const test: Test = { column: field, claim, isNegated: negated };
    return { test };
  });
  return joined(negated, tests);
}

const NULL: Claim = { is: 'null' };

/** Claims of which any one is enough; none: no value can fulfil the comparison. */
function claimsOf(comparison: Comparison, type: Column['type']): Claim[] {
  switch (comparison.operator) {
    case 'eq':
    case 'ne':
      return equalities([comparison.value], type);
    case 'in':
    case 'nin':
      return equalities(comparison.value, type);
    case 'contains':
      return type === 'text' && isText(comparison.value) ? [{ is: 'contains', text: comparison.value }] : [];
    case 'regex': {
      const { field, label = field, value, options } = comparison;
      const matches = compilePattern(label, value, options);
      return type === 'text' ? [{ is: 'pattern', matches }] : [];
    }
    case 'exists':
      return [];
    default: {
      const value = comparedWith(type, comparison.value);
      return value === undefined ? [] : [{ is: comparison.operator, value }];
    }
  }
}

function equalities(wanted: readonly Scalar[], type: Column['type']): Claim[] {
  const values = new Set(wanted.map((value) => equalTo(type, value)).filter((value) => value !== undefined));
  return [...(values.size > 0 ? [{ is: 'oneOf', values } as const] : []), ...(wanted.includes(null) ? [NULL] : [])];
}
