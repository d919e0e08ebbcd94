import { dictOf, isDict } from './dicts';
import { limitError, typeError } from './errors';
import { MAX_VALUE_DEPTH, type Meter } from './limits';
import { compareNumbers, isNumber, numberCost, type PyNumber } from './numbers';
import { refuseSealed } from './sealed';
import { PyBytes, PyObject, PyRange, PySet, PyTuple, type PyValue, PyView, typeName } from './values';

/** A bool is an int in Python. */
export function asNumber(value: PyValue): PyNumber | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return isNumber(value) ? value : undefined;
}

/** Python `==`: never raises for values of different types. */
export function equal(left: PyValue, right: PyValue, meter: Meter, depth = 0): boolean {
  if (depth > MAX_VALUE_DEPTH) throw limitError(`a value of more than the limit of ${MAX_VALUE_DEPTH} levels`);
  refuseSealed(left, right);
  if (typeof left === 'string' && typeof right === 'string') {
    if (left.length === right.length) meter.scan(left.length);
    return left === right;
  }
  if (left === right) return !(typeof left === 'number' && Number.isNaN(left));
  const a = asNumber(left);
  const b = asNumber(right);
  if (a !== undefined && b !== undefined) {
    meter.charge(numberCost(a) + numberCost(b));
    return compareNumbers(a, b) === 0;
  }
  if (a !== undefined || b !== undefined) return false;
  if (Array.isArray(left)) return Array.isArray(right) && sameItems(left, right, meter, depth);
  if (left instanceof PyTuple) return right instanceof PyTuple && sameItems(left.items, right.items, meter, depth);
  if (left instanceof PyRange && right instanceof PyRange) {
    return left.length === right.length && (left.length === 0 || sameEnds(left, right));
  }
  if (left instanceof PyBytes && right instanceof PyBytes) {
    if (left.bytes.length !== right.bytes.length) return false;
    meter.scan(left.bytes.length * 2);
    return left.bytes.every((byte, index) => byte === right.bytes[index]);
  }
  const [set, other] = [asSet(left, meter), asSet(right, meter)];
  if (set && other) return set.size === other.size && set.items(meter).every((item) => other.has(item, meter));
  if (isDict(left) && isDict(right)) {
    const [one, two] = [dictOf(left, meter), dictOf(right, meter)];
    if (one.size !== two.size) return false;
    return one.entries(meter).every(([key, value]) => {
      const match = two.get(key, meter);
      return match !== undefined && equal(value, match, meter, depth + 1);
    });
  }
  if (left instanceof PyObject && right instanceof PyObject) {
    return left.key() !== undefined && left.key() === right.key();
  }
  return false;
}

function sameEnds(left: PyRange, right: PyRange): boolean {
  return left.start === right.start && (left.length === 1 || left.step === right.step);
}

function asSet(value: PyValue, meter: Meter): PySet | undefined {
  if (value instanceof PySet) return value;
  return value instanceof PyView && value.typeName !== 'dict_values' ? PySet.of(value.items, meter) : undefined;
}

function sameItems(left: readonly PyValue[], right: readonly PyValue[], meter: Meter, depth: number): boolean {
  if (left.length !== right.length) return false;
  meter.items(left.length);
  return left.every((item, index) => equal(item, right[index]!, meter, depth + 1));
}

/** Negative, zero, positive, or NaN when neither holds. Throws a type error for values without an order. */
export function order(left: PyValue, right: PyValue, symbol: string, meter: Meter, depth = 0): number {
  if (depth > MAX_VALUE_DEPTH) throw limitError(`a value of more than the limit of ${MAX_VALUE_DEPTH} levels`);
  const a = asNumber(left);
  const b = asNumber(right);
  if (a !== undefined && b !== undefined) {
    meter.charge(numberCost(a) + numberCost(b));
    return compareNumbers(a, b);
  }
  if (typeof left === 'string' && typeof right === 'string') {
    meter.scan(Math.min(left.length, right.length));
    return compareText(left, right);
  }
  if (Array.isArray(left) && Array.isArray(right)) return orderItems(left, right, symbol, meter, depth);
  if (left instanceof PyTuple && right instanceof PyTuple) {
    return orderItems(left.items, right.items, symbol, meter, depth);
  }
  if (left instanceof PyBytes && right instanceof PyBytes) {
    meter.items(left.bytes.length);
    meter.items(right.bytes.length);
    return orderItems([...left.bytes], [...right.bytes], symbol, meter, depth);
  }
  const result = left instanceof PyObject ? left.compare(right) : undefined;
  if (result !== undefined) return result;
  throw typeError(`'${symbol}' not supported between instances of '${typeName(left)}' and '${typeName(right)}'`);
}

/** By code points: UTF-16 order differs from it above U+FFFF. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const a = left.charCodeAt(at);
    const b = right.charCodeAt(at);
    if (a === b) continue;
    const isSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdfff;
    if (isSurrogate(a) !== isSurrogate(b)) return isSurrogate(a) ? 1 : -1;
    return a - b;
  }
  return left.length - right.length;
}

function orderItems(
  left: readonly PyValue[],
  right: readonly PyValue[],
  symbol: string,
  meter: Meter,
  depth: number,
): number {
  const length = Math.min(left.length, right.length);
  meter.items(length);
  for (let at = 0; at < length; at++) {
    if (!equal(left[at]!, right[at]!, meter, depth + 1)) return order(left[at]!, right[at]!, symbol, meter, depth + 1);
  }
  return left.length - right.length;
}

/** `<`, `<=`, `>`, `>=` of two values; sets compare as sub- and supersets. */
export function compareBy(symbol: '<' | '<=' | '>' | '>=', left: PyValue, right: PyValue, meter: Meter): boolean {
  const [a, b] = [asSet(left, meter), asSet(right, meter)];
  if (a && b) {
    const [small, big] = symbol.startsWith('<') ? [a, b] : [b, a];
    const inside = small.items(meter).every((item) => big.has(item, meter));
    return symbol.endsWith('=') ? inside : inside && small.size < big.size;
  }
  const result = order(left, right, symbol, meter);
  switch (symbol) {
    case '<':
      return result < 0;
    case '<=':
      return result <= 0;
    case '>':
      return result > 0;
    case '>=':
      return result >= 0;
    default:
      return symbol satisfies never;
  }
}
