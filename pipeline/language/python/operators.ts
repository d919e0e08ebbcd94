import type { BinaryOperator, ComparisonOperator } from './ast';
import { asNumber, compareBy, equal } from './compare';
import { dictOf, entriesOf, isDict, isPlainDict } from './dicts';
import { typeError, valueError } from './errors';
import type { Run } from './functions';
import type { Meter } from './limits';
import { joinBytes } from './methods/bytes';
import {
  arithmetic,
  type BitOperator,
  bitwise,
  divideInts,
  isInt,
  numberCost,
  type PyInt,
  type PyNumber,
  toFloat,
  toIndex,
} from './numbers';
import { percentFormat } from './percent-format';
import { languageOf } from './rules';
import { refuseSealed, Sealed } from './sealed';
import { iterate } from './sequences';
import { PyBytes, PyDict, PyObject, PyRange, PySet, PyTuple, type PyValue, PyView, typeName } from './values';

const BIT_OPERATORS = new Set<string>(['&', '|', '^', '<<', '>>']);

function isBitOperator(operator: BinaryOperator): operator is BitOperator {
  return BIT_OPERATORS.has(operator);
}

/** `left operator right` with Python's rules. */
export function binary(operator: BinaryOperator, left: PyValue, right: PyValue, run: Run): PyValue {
  if (operator === '%' && typeof left === 'string') return percentFormat(left, right, run);
  const a = asNumber(left);
  const b = asNumber(right);
  if (a !== undefined && b !== undefined) run.meter.charge(calculationCost(operator, a, b));
  if (isBitOperator(operator)) {
    if (isInt(a) && isInt(b)) return bits(operator, left, right, a, b);
    const joined = collectionOperation(operator, left, right, run.meter);
    if (joined !== undefined) return joined;
  } else if (a !== undefined && b !== undefined) {
    const isLarge = typeof a === 'bigint' || typeof b === 'bigint';
    if (operator === '/' && isLarge && isInt(a) && isInt(b) && languageOf(run.ambient) > 1) return divideInts(a, b);
    return arithmetic(operator, a, b);
  } else if (operator === '*') {
    const scaled = scale(left, b) ?? scale(right, a);
    if (scaled !== undefined) return scaled;
    if (isInt(b)) return repeat(left, toIndex(b), run);
    if (isInt(a)) return repeat(right, toIndex(a), run);
  } else if (operator === '+') {
    const sum = concatenate(left, right, run);
    if (sum !== undefined) return sum;
  } else if (operator === '/' || operator === '//') {
    const quotient = left instanceof PyObject ? left.divide(right, operator) : undefined;
    if (quotient !== undefined) return quotient;
  } else if (operator === '-') {
    const difference = collectionOperation('-', left, right, run.meter);
    if (difference !== undefined) return difference;
    const result = left instanceof PyObject ? left.subtract(right) : undefined;
    if (result !== undefined) return result;
  }
  throw typeError(`unsupported operand type(s) for ${operator}: '${typeName(left)}' and '${typeName(right)}'`);
}

function scale(value: PyValue, factor: PyNumber | undefined): PyValue | undefined {
  return value instanceof PyObject && factor !== undefined ? value.multiply(toFloat(factor)) : undefined;
}

/** True & False is a bool, not an int. */
function bits(operator: BitOperator, left: PyValue, right: PyValue, a: PyInt, b: PyInt): PyValue {
  const result = bitwise(operator, a, b);
  const stayBool = typeof left === 'boolean' && typeof right === 'boolean' && operator.length === 1;
  return stayBool ? result === 1 : result;
}

/** Big integers are written out digit by digit: a power is as long as its exponent says. */
export function calculationCost(operator: BinaryOperator, left: PyNumber, right: PyNumber): number {
  const cost = numberCost(left) + numberCost(right);
  return operator === '**' || operator === '<<' ? cost + POWER : cost;
}

/** Units of work of the most expensive power that there is room for. */
const POWER = 4_000;

function collectionOperation(
  operator: BinaryOperator,
  left: PyValue,
  right: PyValue,
  meter: Meter,
): PyValue | undefined {
  if (operator === '|' && isDict(left) && isDict(right)) {
    return PyDict.of([...entriesOf(left, meter), ...entriesOf(right, meter)], meter);
  }
  const isSet = (value: PyValue): value is PySet | PyView => value instanceof PySet || value instanceof PyView;
  if (!isSet(left) || !isSet(right)) return undefined;
  const [a, b] = [left, right].map((set) => (set instanceof PySet ? set : PySet.of(set.items, meter))) as [
    PySet,
    PySet,
  ];
  const only = (from: PySet, other: PySet): PyValue[] => from.items(meter).filter((item) => !other.has(item, meter));
  if (operator === '|') return PySet.of([...a.items(meter), ...b.items(meter)], meter);
  if (operator === '&')
    return PySet.of(
      a.items(meter).filter((item) => b.has(item, meter)),
      meter,
    );
  if (operator === '-') return PySet.of(only(a, b), meter);
  if (operator === '^') return PySet.of([...only(a, b), ...only(b, a)], meter);
  return undefined;
}

function repeat(value: PyValue, count: number, run: Run): PyValue {
  const times = Math.max(0, count);
  if (typeof value === 'string') {
    run.meter.produce(value.length * times);
    return value.repeat(value === '' ? 0 : times);
  }
  if (value instanceof PyBytes) {
    run.meter.produce(value.bytes.length * times);
    run.meter.scan(value.bytes.length * times);
    const out = new Uint8Array(value.bytes.length * times);
    for (let at = 0; at < out.length; at++) out[at] = value.bytes[at % value.bytes.length]!;
    return new PyBytes(out);
  }
  const items = Array.isArray(value) ? value : value instanceof PyTuple ? value.items : undefined;
  if (!items) throw typeError(`can't multiply '${typeName(value)}' by int`);
  run.meter.items(items.length * times);
  const out = Array.from({ length: items.length * times }, (_, index) => items[index % items.length]!);
  return Array.isArray(value) ? out : new PyTuple(out);
}

function concatenate(left: PyValue, right: PyValue, run: Run): PyValue | undefined {
  if (typeof left === 'string' && typeof right === 'string') {
    run.meter.produce(left.length + right.length);
    return left + right;
  }
  if ((left instanceof Sealed || right instanceof Sealed) && isTextLike(left) && isTextLike(right)) {
    const [a, b] = [wholeText(left), wholeText(right)];
    run.meter.produce(a.length + b.length);
    return new Sealed(a + b);
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    run.meter.items(left.length + right.length);
    return [...left, ...right];
  }
  if (left instanceof PyTuple && right instanceof PyTuple) {
    run.meter.items(left.items.length + right.items.length);
    return new PyTuple([...left.items, ...right.items]);
  }
  if (left instanceof PyBytes && right instanceof PyBytes) {
    run.meter.produce(left.bytes.length + right.bytes.length);
    return new PyBytes(joinBytes(left.bytes, right.bytes));
  }
  const sum = left instanceof PyObject ? left.add(right) : undefined;
  return sum ?? (right instanceof PyObject ? right.add(left) : undefined);
}

function isTextLike(value: PyValue): value is string | Sealed {
  return typeof value === 'string' || value instanceof Sealed;
}

function wholeText(value: string | Sealed): string {
  return typeof value === 'string' ? value : value.whole;
}

/** One link of a comparison chain. */
export function compareOnce(operator: ComparisonOperator, left: PyValue, right: PyValue, run: Run): boolean {
  switch (operator) {
    case '==':
      return equal(left, right, run.meter);
    case '!=':
      return !equal(left, right, run.meter);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compareBy(operator, left, right, run.meter);
    case 'in':
      return contains(right, left, run);
    case 'not in':
      return !contains(right, left, run);
    case 'is':
      return identical(left, right, run.meter);
    case 'is not':
      return !identical(left, right, run.meter);
    default:
      return operator satisfies never;
  }
}

/** Same object; small values are one object each in CPython. */
function identical(left: PyValue, right: PyValue, meter: Meter): boolean {
  refuseSealed(left, right);
  if (typeof left === 'string' && typeof right === 'string') meter.scan(left.length);
  return left === right;
}

/** `item in container`. */
export function contains(container: PyValue, item: PyValue, run: Run): boolean {
  if (typeof container === 'string') {
    refuseSealed(item);
    if (typeof item !== 'string') throw typeError(`'in <string>' requires string as left operand`);
    run.meter.search(container, item);
    return container.includes(item);
  }
  if (container instanceof PyDict || container instanceof PySet) return container.has(item, run.meter);
  if (container instanceof PyBytes) return bytesContain(container.bytes, item, run);
  if (container instanceof PyRange) {
    const number = asNumber(item);
    if (number === undefined || !isInt(number)) return false;
    const offset = toIndex(number) - container.start;
    return offset % container.step === 0 && offset / container.step >= 0 && offset / container.step < container.length;
  }
  if (isPlainDict(container)) {
    if (typeof item === 'string') return Object.hasOwn(container, item);
    return dictOf(container, run.meter).has(item, run.meter);
  }
  return iterate(container, run.meter).some((candidate) => equal(candidate, item, run.meter));
}

function bytesContain(bytes: Uint8Array, item: PyValue, run: Run): boolean {
  run.meter.scan(bytes.length);
  if (item instanceof PyBytes) {
    run.meter.items(bytes.length);
    run.meter.items(item.bytes.length);
    const latin = (part: Uint8Array): string => Array.from(part, (byte) => String.fromCharCode(byte)).join('');
    const [text, sought] = [latin(bytes), latin(item.bytes)];
    run.meter.search(text, sought);
    return text.includes(sought);
  }
  const number = asNumber(item);
  if (!isInt(number)) throw typeError('a bytes-like object is required');
  if (number < 0 || number > 255) throw valueError('byte must be in range(0, 256)');
  return bytes.includes(Number(number));
}
