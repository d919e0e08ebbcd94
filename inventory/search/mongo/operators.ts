import { wrongField } from '../../../base/error';
import { both, type Comparison, type Condition, type Scalar } from '../condition';
import { malformed } from './errors';

const COMPARED = { $eq: 'eq', $ne: 'ne', $lt: 'lt', $lte: 'lte', $gt: 'gt', $gte: 'gte' } as const;
const LISTED = { $in: 'in', $nin: 'nin' } as const;

/** All operators of a field that there are; `$options` goes with `$regex`. */
const OPERATORS = [...Object.keys(COMPARED), ...Object.keys(LISTED), '$regex', '$options', '$exists', '$not'];

/** What a comparison says of, and what the client calls it. */
export type Place = Pick<Comparison, 'field'> & { label: string };

/**
 * An object of operators, such as `{$gte: 1, $lt: 5}`: all of them have to hold (cmdb §4).
 *
 * @throws GantryError `invalid`: `unknown` naming the operator, or `malformed` naming the field
 */
export function readOperators(place: Place, operators: Readonly<Record<string, unknown>>): Condition {
  const names = Object.keys(operators);
  const unknown = names.find((name) => !OPERATORS.includes(name));
  if (unknown !== undefined) {
    const message = `${unknown} of ${place.label} is no operator, only ${OPERATORS.join(', ')} may be`;
    throw wrongField(message, { code: 'unknown', args: { field: unknown } });
  }
  if (names.length === 0) throw malformed(place.label, 'a value or an object with operators');
  if (names.includes('$options') && !names.includes('$regex')) throw malformed(place.label, '$regex beside $options');
  return both(
    names
      .filter((name) => name !== '$options')
      .map((name) => readOperator(place, name, operators[name], operators.$options)),
  );
}

/** A plain value: what is equal to it. @throws GantryError `invalid`, `malformed` naming the field */
export function readValue(place: Place, value: unknown): Comparison {
  return { ...place, operator: 'eq', value: scalar(place, value) };
}

function readOperator(place: Place, name: string, operand: unknown, options: unknown): Condition {
  if (isIn(name, COMPARED)) return { ...place, operator: COMPARED[name], value: scalar(place, operand) };
  if (isIn(name, LISTED)) {
    if (!Array.isArray(operand)) throw malformed(place.label, `compared with a list by ${name}`);
    return { ...place, operator: LISTED[name], value: operand.map((value) => scalar(place, value)) };
  }
  if (name === '$exists') {
    if (typeof operand !== 'boolean') throw malformed(place.label, 'asked for with $exists true or false');
    return { ...place, operator: 'exists', value: operand };
  }
  if (name === '$regex') return readPattern(place, operand, options);
  if (!isObject(operand)) throw malformed(place.label, 'an object with operators behind $not');
  return { not: readOperators(place, operand) };
}

function readPattern(place: Place, pattern: unknown, options: unknown = ''): Comparison {
  if (typeof pattern !== 'string' || typeof options !== 'string') {
    throw malformed(place.label, 'compared with texts by $regex and $options');
  }
  return { ...place, operator: 'regex', value: pattern, options };
}

function scalar({ label }: Place, value: unknown): Scalar {
  if (value === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof value)) return value as Scalar;
  throw malformed(label, 'compared with texts, numbers, true, false or null; lists go with $in and $nin');
}

function isIn<T extends object>(name: string, names: T): name is keyof T & string {
  return Object.hasOwn(names, name);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
