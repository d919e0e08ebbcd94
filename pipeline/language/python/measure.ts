import { hasSealedText } from '../../../base/sealed-text';
import { MAX_JSON_DEPTH } from '../../tree/limits';
import { limitError } from './errors';
import { AttributeObject, type ScopeValue } from './values';

/**
 * What is known of values that were measured: their size, negative when a sealed secret stands in them. Values of a task are
 * never changed, so it holds as long as they live; it is a fact of the value alone, whoever asks for it first.
 */
const KNOWN = new WeakMap<object, number>();
/** Smaller ones are measured again: that costs less than to remember them. */
const LEAST_KNOWN = 200;

/** Digits of whole numbers, at most: of those with so many bits, and of those that JSON may have here. */
const SHORT_BITS = 256;
const SHORT_DIGITS = 78;
const MOST_DIGITS = 4_300;

/**
 * About how many characters a value has when it is written out: what is shared counts as often as it would be written, and
 * is walked once.
 *
 * @throws ExpressionError `limit` when it is nested too deeply
 */
export function sizeOf(value: ScopeValue): number {
  return Math.abs(measure(value, 0));
}

/** Whether a sealed secret stands in a value, at any depth. */
export function isSealedIn(value: ScopeValue): boolean {
  return measure(value, 0) < 0;
}

/**
 * An object that is made of a value in which nothing is sealed has nothing sealed in it, and is about as large. Only for
 * what does not outlive its step: a value that goes through JSON, to a worker's copy of the machine, is measured there.
 */
export function noteMadeOf(made: AttributeObject, origin: ScopeValue): void {
  const size = measure(origin, 0);
  if (size > 0) KNOWN.set(made, size);
}

function measure(value: ScopeValue, depth: number): number {
  if (typeof value === 'string') return hasSealedText(value) ? -value.length - 2 : value.length + 2;
  if (typeof value === 'bigint') return BigInt.asIntN(SHORT_BITS, value) === value ? SHORT_DIGITS : MOST_DIGITS;
  if (typeof value !== 'object' || value === null) return 8;
  const known = KNOWN.get(value);
  if (known !== undefined) return known;
  if (depth > MAX_JSON_DEPTH) throw limitError(`a value of more than the limit of ${MAX_JSON_DEPTH} levels`);
  const size = measureParts(value, depth + 1);
  if (Math.abs(size) >= LEAST_KNOWN) KNOWN.set(value, size);
  return size;
}

function measureParts(value: ScopeValue & object, depth: number): number {
  let size = 2;
  let isSealed = false;
  const add = (part: number): void => {
    if (part < 0) isSealed = true;
    size += Math.abs(part) + 2;
  };
  if (Array.isArray(value)) for (const item of value) add(measure(item, depth));
  else if (value instanceof AttributeObject) {
    for (const item of value.attributes.values()) add(measure(item, depth));
    size += value.text.length;
  } else {
    for (const key in value) {
      add(measure(key, depth));
      add(measure(value[key]!, depth));
    }
  }
  return isSealed ? -size : size;
}
