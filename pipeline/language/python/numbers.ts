import { ExpressionError, limitError, typeError, valueError } from './errors';
import { MAX_INTEGER_BITS } from './limits';
import type { Language } from './rules';

/**
 * Python numbers in JavaScript ones. An int is a number without a fraction or, beyond 2^53, a bigint: what `base/json` gives.
 * A float is a number with a fraction, one beyond 2^53, NaN or an infinity, or a PyFloat when it would pass for an int
 * (`10 / 5`).
 */
export class PyFloat {
  constructor(readonly value: number) {}
}

export type PyInt = number | bigint;
export type PyNumber = number | bigint | PyFloat;

export function isInt(value: unknown): value is PyInt {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}

export function isFloat(value: unknown): value is number | PyFloat {
  return value instanceof PyFloat || (typeof value === 'number' && !isInt(value));
}

export function isNumber(value: unknown): value is PyNumber {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof PyFloat;
}

export function makeFloat(value: number): number | PyFloat {
  return Number.isSafeInteger(value) ? new PyFloat(value) : value;
}

const SAFE_BITS = 53;

/** A bigint as small as it can be. Throws when it has more digits than Python would print. */
export function makeInt(value: bigint): PyInt {
  if (BigInt.asIntN(SAFE_BITS, value) === value) return Number(value);
  if (BigInt.asIntN(MAX_INTEGER_BITS, value) !== value)
    throw limitError(`an integer over the limit of ${MAX_INTEGER_BITS} bits`);
  return value;
}

export function toFloat(value: PyNumber): number {
  if (value instanceof PyFloat) return value.value;
  const number = Number(value);
  if (!Number.isFinite(number) && typeof value === 'bigint') throw valueError('int too large to convert to float');
  return number;
}

/** An int as a JavaScript number for indexes and counts; throws when it is out of any sensible range. */
export function toIndex(value: PyInt): number {
  if (typeof value === 'bigint') return value > 0n ? Number.MAX_SAFE_INTEGER : -Number.MAX_SAFE_INTEGER;
  return value;
}

function zeroDivision(message: string): ExpressionError {
  return new ExpressionError('value', message);
}

/** Bits of a quotient from which its float is rounded: more than a float has, and one that says whether anything is left. */
const QUOTIENT_BITS = 66;

/** `left / right` of whole numbers of any size, rounded once, as Python does. */
export function divideInts(left: PyInt, right: PyInt): PyNumber {
  const [a, b] = [BigInt(left), BigInt(right)];
  if (b === 0n) throw zeroDivision('division by zero');
  const [dividend, divisor] = [a < 0n ? -a : a, b < 0n ? -b : b];
  const shift = QUOTIENT_BITS - (bitsOf(dividend) - bitsOf(divisor));
  const [scaled, by] = shift > 0 ? [dividend << BigInt(shift), divisor] : [dividend, divisor << BigInt(-shift)];
  const quotient = (scaled / by) | (scaled % by === 0n ? 0n : 1n);
  // In two steps: one power of two alone may be beyond all floats where the result is not.
  const half = Math.trunc(shift / 2);
  const size = Number(quotient) * 2 ** -half * 2 ** (half - shift);
  if (!Number.isFinite(size)) throw valueError('integer division result too large for a float');
  return makeFloat(a < 0n !== b < 0n ? -size : size);
}

/** Of a negative one the sign counts too. */
export function bitsOf(value: bigint): number {
  return value.toString(2).length;
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**';

export function arithmetic(operator: ArithmeticOperator, left: PyNumber, right: PyNumber): PyNumber {
  if (isInt(left) && isInt(right)) return integerArithmetic(operator, left, right);
  return floatArithmetic(operator, toFloat(left), toFloat(right));
}

function integerArithmetic(operator: ArithmeticOperator, left: PyInt, right: PyInt): PyNumber {
  if (operator === '/') {
    if (Number(right) === 0) throw zeroDivision('division by zero');
    return makeFloat(toFloat(left) / toFloat(right));
  }
  if (operator === '**') return integerPower(left, right);
  if (operator === '//' || operator === '%') {
    if (Number(right) === 0) throw zeroDivision('integer division or modulo by zero');
  }
  if (typeof left === 'number' && typeof right === 'number') {
    const quick = quickInteger(operator, left, right);
    if (Number.isSafeInteger(quick)) return quick === 0 ? 0 : quick;
  }
  return makeInt(exactInteger(operator, BigInt(left), BigInt(right)));
}

function quickInteger(operator: ArithmeticOperator, left: number, right: number): number {
  if (operator === '+') return left + right;
  if (operator === '-') return left - right;
  if (operator === '*') return left * right;
  const remainder = left % right;
  const modulo = remainder !== 0 && remainder < 0 !== right < 0 ? remainder + right : remainder;
  return operator === '%' ? modulo : (left - modulo) / right;
}

function exactInteger(operator: ArithmeticOperator, left: bigint, right: bigint): bigint {
  if (operator === '+') return left + right;
  if (operator === '-') return left - right;
  if (operator === '*') return left * right;
  const remainder = left % right;
  const modulo = remainder !== 0n && remainder < 0n !== right < 0n ? remainder + right : remainder;
  return operator === '%' ? modulo : (left - modulo) / right;
}

function integerPower(left: PyInt, right: PyInt): PyNumber {
  if (right < 0) {
    if (Number(left) === 0) throw zeroDivision('0.0 cannot be raised to a negative power');
    return makeFloat(toFloat(left) ** toFloat(right));
  }
  const base = BigInt(left);
  if (Number(right) === 0 || base === 1n) return 1;
  if (base === 0n) return 0;
  if (base === -1n) return BigInt(right) % 2n === 0n ? 1 : -1;
  // Looked at before it is computed: 10 ** 10 ** 10 would take all memory.
  const bits = bitsOf(base) - 1;
  if (Number(right) * bits > MAX_INTEGER_BITS)
    throw limitError(`an integer over the limit of ${MAX_INTEGER_BITS} bits`);
  return makeInt(base ** BigInt(right));
}

function floatArithmetic(operator: ArithmeticOperator, left: number, right: number): PyNumber {
  switch (operator) {
    case '+':
      return makeFloat(left + right);
    case '-':
      return makeFloat(left - right);
    case '*':
      return makeFloat(left * right);
    case '/':
      if (right === 0) throw zeroDivision('float division by zero');
      return makeFloat(left / right);
    case '//':
    case '%':
      return floatDivision(operator, left, right);
    case '**':
      return floatPower(left, right);
    default:
      return operator satisfies never;
  }
}

function floatDivision(operator: '//' | '%', left: number, right: number): PyNumber {
  if (right === 0) throw zeroDivision('float modulo');
  let modulo = left % right;
  if (modulo !== 0 && modulo < 0 !== right < 0) modulo += right;
  if (operator === '%') return makeFloat(modulo === 0 ? (right < 0 ? -0 : 0) : modulo);
  const quotient = (left - modulo) / right;
  return makeFloat(quotient === 0 ? 0 : Math.round(quotient));
}

function floatPower(left: number, right: number): PyNumber {
  if (left === 0 && right < 0) throw zeroDivision('0.0 cannot be raised to a negative power');
  // A complex number in Python.
  if (left < 0 && !Number.isInteger(right)) throw valueError('negative number cannot be raised to a fractional power');
  const power = left ** right;
  if (!Number.isFinite(power) && Number.isFinite(left) && Number.isFinite(right)) throw valueError('Result too large');
  return makeFloat(power);
}

export type BitOperator = '&' | '|' | '^' | '<<' | '>>';

export function bitwise(operator: BitOperator, left: PyInt, right: PyInt): PyInt {
  const a = BigInt(left);
  const b = BigInt(right);
  switch (operator) {
    case '&':
      return makeInt(a & b);
    case '|':
      return makeInt(a | b);
    case '^':
      return makeInt(a ^ b);
    case '<<':
      if (b < 0n) throw valueError('negative shift count');
      if (a !== 0n && b > BigInt(MAX_INTEGER_BITS))
        throw limitError(`an integer over the limit of ${MAX_INTEGER_BITS} bits`);
      return a === 0n ? 0 : makeInt(a << b);
    case '>>':
      if (b < 0n) throw valueError('negative shift count');
      return b > BigInt(MAX_INTEGER_BITS) ? (a < 0n ? -1 : 0) : makeInt(a >> b);
    default:
      return operator satisfies never;
  }
}

export function negate(value: PyNumber): PyNumber {
  if (typeof value === 'bigint') return makeInt(-value);
  if (value instanceof PyFloat) return makeFloat(-value.value);
  return value === 0 ? 0 : -value;
}

/** -1, 0, 1, or NaN when either is NaN. Exact between a big int and a float. */
export function compareNumbers(left: PyNumber, right: PyNumber): number {
  const a = left instanceof PyFloat ? left.value : left;
  const b = right instanceof PyFloat ? right.value : right;
  if (a < b) return -1;
  if (a > b) return 1;
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint and a number of the same value are equal only loosely
  return a == b ? 0 : Number.NaN;
}

/** int(number): towards zero. */
export function truncate(value: PyNumber): PyInt {
  if (isInt(value)) return value;
  const number = toFloat(value);
  if (!Number.isFinite(number)) throw valueError(`cannot convert float ${number} to integer`);
  return makeInt(BigInt(Math.trunc(number)));
}

/**
 * As `requireInt`, where another number in the place of a large one would go unnoticed.
 *
 * @throws ExpressionError for whole numbers beyond 2^53; runs by the first rules of the language get the largest below it
 */
export function requireSafeInt(value: unknown, what: string, language: Language): number {
  if (typeof value === 'bigint' && language > 1) throw valueError(`${what} is beyond 2^53`);
  return requireInt(value, what);
}

export function requireInt(value: unknown, what: string): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (isInt(value)) return toIndex(value);
  throw typeError(`${what} must be an integer`);
}

/** Units of work to write a number or to calculate with it: big integers cost by their length. */
export function numberCost(value: PyNumber): number {
  if (typeof value !== 'bigint') return 15;
  return BigInt.asIntN(256, value) === value ? 40 : 4_000;
}
