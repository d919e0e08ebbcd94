import type { Scope } from './evaluator';
import { AttributeObject, type ScopeValue } from './values';

/** From here on JavaScript writes a whole number with an exponent: it was none to the first rules. */
const LEAST_FLOAT = 1e21;

/**
 * A scope as runs by the first rules of the language see it: they knew of no whole numbers beyond 2^53 but those that a
 * number of JavaScript's can be, all whole ones among these were ints, and what was decided by them is in their histories.
 */
export function rounding(scope: Scope): Scope {
  return (name) => {
    const value = scope(name);
    return value === undefined ? undefined : rounded(value);
  };
}

/** Shares structure with the value, which is the same object when it holds no such number. */
export function rounded(value: ScopeValue): ScopeValue {
  if (typeof value === 'number' || typeof value === 'bigint') return roundedNumber(value);
  if (typeof value !== 'object' || value === null) return value;
  let made = KNOWN.get(value);
  if (made === undefined) {
    made = roundedParts(value);
    KNOWN.set(value, made);
  }
  return made;
}

/** Values of a task are never changed. */
const KNOWN = new WeakMap<object, ScopeValue>();

function roundedNumber(value: number | bigint): number | bigint {
  const number = Number(value);
  const isLargeInt = Number.isInteger(number) && !Number.isSafeInteger(number) && Math.abs(number) < LEAST_FLOAT;
  return isLargeInt ? BigInt(number) : number;
}

function roundedParts(value: ScopeValue & object): ScopeValue {
  if (Array.isArray(value)) {
    const items = value.map(rounded) as typeof value;
    return items.every((item, index) => Object.is(item, value[index])) ? value : items;
  }
  const isObject = value instanceof AttributeObject;
  const before = isObject ? [...value.attributes] : Object.entries(value);
  const after = before.map(([name, item]): (typeof before)[number] => [name, rounded(item) as typeof item]);
  if (after.every(([, item], index) => Object.is(item, before[index]![1]))) return value;
  return isObject ? new AttributeObject(new Map(after), value.text) : Object.fromEntries(after);
}
