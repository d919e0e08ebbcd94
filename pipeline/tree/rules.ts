import { stringifyJson } from '../../base/json';
import { isJsonObject } from '../json';

/** What a field may hold, and how that is said: `5 is not of type 'string'`. */
export interface Rule {
  holds(value: unknown): boolean;
  /** Follows "is not". */
  wanted: string;
}

/** Of an object: a rule for each field that has one. */
export type Rules = readonly (readonly [field: string, rule: Rule])[];

export function rulesOf(rules: Readonly<Record<string, Rule>>): Rules {
  return Object.entries(rules);
}

const ofType = (type: string, holds: Rule['holds']): Rule => ({ holds, wanted: `of type '${type}'` });

export const text = ofType('string', (value) => typeof value === 'string');
export const flag = ofType('boolean', (value) => typeof value === 'boolean');
/** JSON's `1e999` is read as infinity. */
export const number = ofType('number', Number.isFinite);
export const object = ofType('object', isJsonObject);
/** Ids of templates and schemes: people write them as numbers too. */
export const reference: Rule = either(text, number);

export function oneOf(...values: readonly unknown[]): Rule {
  return {
    holds: (value) => values.includes(value),
    wanted: `one of ${values.map((one) => stringifyJson(one)).join(', ')}`,
  };
}

export function whole(least: number, most: number): Rule {
  return {
    holds: (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
    wanted: `a whole number from ${least} to ${most}`,
  };
}

/** Whole, written as a number or with digits. */
export const integer: Rule = {
  holds: (value) => Number.isSafeInteger(value) || (typeof value === 'string' && /^-?\d{1,15}$/.test(value)),
  wanted: 'a whole number',
};

export function either(...rules: readonly Rule[]): Rule {
  return {
    holds: (value) => rules.some((rule) => rule.holds(value)),
    wanted: rules.map(({ wanted }) => wanted).join(' or '),
  };
}

export function listOf(item: Rule): Rule {
  return {
    holds: (value) => Array.isArray(value) && value.every(item.holds),
    wanted: `a list whose items are ${item.wanted}`,
  };
}
