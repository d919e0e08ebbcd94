import { ExpressionError, limitError, typeError, valueError } from './errors';
import { MAX_INTEGER_BITS } from './limits';

/**
 * Python numbers in JavaScript ones. An int is a number without a fraction (what JSON gives) or, beyond 2^53, a bigint.
 * A float is a number with a fraction, NaN or an infinity, or a PyFloat when it happens to be whole (`10 / 5`).
 */
export class PyFloat {
  constructor(readonly value: number) {}
}

export type PyInt = number | bigint;
export type PyNumber = number | bigint | PyFloat;

/** From here on JavaScript writes a whole number with an exponent; below it a big id is still an int. */
const WHOLE_NUMBER_LIMIT = 1e21;

export function isInt(value: unknown): value is PyInt {
  return (
    typeof value === 'bigint' ||
    (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < WHOLE_NUMBER_LIMIT)
  );
}

export function isFloat(value: unknown): value is number | PyFloat {
  return value instanceof PyFloat || (typeof value === 'number' && !isInt(value));
}

export function isNumber(value: unknown): value is PyNumber {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof PyFloat;
}

export function makeFloat(value: number): number | PyFloat {
  return Number.isInteger(value) && Math.abs(value) < WHOLE_NUMBER_LIMIT ? new PyFloat(value) : value;
}

const SAFE_BITS = 53;

/** A bigint as small as it can be. Throws when it has more digits than Python would print. */
export function makeInt(value: bigint): PyInt {
  if (BigInt.asIntN(SAFE_BITS, value) === value) return Number(value);
  if (BigInt.asIntN(MAX_INTEGER_BITS, value) !== value) throw limitError('the integer is too big');
  return value;
}

function floatOf(value: PyNumber): number {
  if (value instanceof PyFloat) return value.value;
  const number = Number(value);
  if (!Number.isFinite(number) && typeof value === 'bigint') throw valueError('int too large to convert to float');
  return number;
}

export function toFloat(value: PyNumber): number {
  return floatOf(value);
}

/** Both as bigint; an unsafe number is one that JSON already rounded. */
export function toBigInt(value: PyInt): bigint {
  return BigInt(value);
}

/** An int as a JavaScript number for indexes and counts; throws when it is out of any sensible range. */
export function toIndex(value: PyInt): number {
  if (typeof value === 'bigint') return value > 0n ? Number.MAX_SAFE_INTEGER : -Number.MAX_SAFE_INTEGER;
  return value;
}

function zeroDivision(message: string): ExpressionError {
  return new ExpressionError('value', message);
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**';

export function arithmetic(operator: ArithmeticOperator, left: PyNumber, right: PyNumber): PyNumber {
  if (isInt(left) && isInt(right)) return integerArithmetic(operator, left, right);
  return floatArithmetic(operator, floatOf(left), floatOf(right));
}

function integerArithmetic(operator: ArithmeticOperator, left: PyInt, right: PyInt): PyNumber {
  if (operator === '/') {
    if (Number(right) === 0) throw zeroDivision('division by zero');
    return makeFloat(floatOf(left) / floatOf(right));
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
    return makeFloat(floatOf(left) ** floatOf(right));
  }
  const base = BigInt(left);
  if (Number(right) === 0 || base === 1n) return 1;
  if (base === 0n) return 0;
  if (base === -1n) return BigInt(right) % 2n === 0n ? 1 : -1;
  // Looked at before it is computed: 10 ** 10 ** 10 would take all memory.
  const bits = base.toString(2).length - 1;
  if (Number(right) * bits > MAX_INTEGER_BITS) throw limitError('the integer is too big');
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
      if (a !== 0n && b > BigInt(MAX_INTEGER_BITS)) throw limitError('the integer is too big');
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

/** repr() of a Python float (spec appendix C). */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return exponentText(value);
  const text = String(value);
  return /[.]/.test(text) ? text : `${text}.0`;
}

function exponentText(value: number): string {
  const [digits, exponent] = value.toExponential().split('e') as [string, string];
  const sign = exponent.startsWith('-') ? '-' : '+';
  return `${digits}e${sign}${exponent.slice(1).padStart(2, '0')}`;
}

export function numberText(value: PyNumber): string {
  if (value instanceof PyFloat) return floatText(value.value);
  if (typeof value === 'bigint') return value.toString();
  if (Number.isSafeInteger(value)) return value === 0 ? '0' : String(value);
  return isInt(value) ? BigInt(value).toString() : floatText(value);
}

const PREFIX_BASES: Record<string, number> = { '0x': 16, '0o': 8, '0b': 2 };

/** int(text, base): blanks around, single underscores between digits, a prefix that fits the base. */
export function parseInteger(text: string, base = 10): PyInt {
  const fail = valueError(`invalid literal for int() with base ${base}: '${text.slice(0, 200)}'`);
  const match = /^([+-]?)(0[xXoObB]_?)?([0-9a-zA-Z]+(?:_[0-9a-zA-Z]+)*)$/.exec(asciiDigits(trimBlanks(text)));
  let [sign, prefix, digits] = match ? [match[1]!, match[2] ?? '', match[3]!] : ['', '', ''];
  if (!match) throw fail;
  const prefixBase = PREFIX_BASES[prefix.slice(0, 2).toLowerCase()];
  let radix = base;
  if (prefix && base === 0) radix = prefixBase ?? 10;
  else if (prefix && prefixBase !== base) {
    digits = prefix + digits;
    prefix = '';
  } else if (!prefix && base === 0) {
    if (/^0+[1-9]/.test(digits)) throw fail;
    radix = 10;
  }
  if (radix < 2 || radix > 36) throw valueError('int() base must be >= 2 and <= 36, or 0');
  return accumulate(digits.replaceAll('_', ''), radix, sign === '-' ? -1n : 1n, fail);
}

function accumulate(digits: string, radix: number, sign: bigint, fail: ExpressionError): PyInt {
  if (digits.length > MAX_INTEGER_BITS / 3) throw limitError('the integer is too big');
  const allowed = '0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, radix);
  let value = 0n;
  const step = BigInt(radix);
  for (const digit of digits.toLowerCase()) {
    const index = allowed.indexOf(digit);
    if (index < 0) throw fail;
    value = value * step + BigInt(index);
  }
  return makeInt(sign * value);
}

/** float(text). */
export function parseFloatText(text: string): number | PyFloat {
  const bare = trimBlanks(text);
  if (/^[+-]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)([eE][+-]?\d+(_\d+)*)?$/.test(bare)) {
    return makeFloat(Number(bare.replaceAll('_', '')));
  }
  const special = /^([+-]?)(?:(inf|infinity)|nan)$/i.exec(bare);
  if (!special) throw valueError(`could not convert string to float: '${text.slice(0, 200)}'`);
  if (!special[2]) return Number.NaN;
  return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** Full-width digits count as digits, as in Python. */
function asciiDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => digit.normalize('NFKC'));
}

function trimBlanks(text: string): string {
  return text.trim();
}

/** int(number): towards zero. */
export function truncate(value: PyNumber): PyInt {
  if (isInt(value)) return value;
  const number = floatOf(value);
  if (!Number.isFinite(number)) throw valueError(`cannot convert float ${floatText(number)} to integer`);
  return makeInt(BigInt(Math.trunc(number)));
}

/** Exactly the digits that Python's round() and "%.2f" give: half to even on the exact binary value. */
export function fixedText(value: number, digits: number): string {
  if (digits > 1000) throw limitError('too many digits');
  const [mantissa, exponent] = binaryParts(Math.abs(value));
  // value = mantissa * 2^exponent; scaled = value * 10^digits, rounded half to even.
  const scale = 10n ** BigInt(digits);
  let scaled: bigint;
  if (exponent >= 0) scaled = (mantissa << BigInt(exponent)) * scale;
  else scaled = roundedDivide(mantissa * scale, 1n << BigInt(-exponent));
  const text = scaled.toString().padStart(digits + 1, '0');
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

function roundedDivide(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (twice > denominator || (twice === denominator && quotient % 2n === 1n)) return quotient + 1n;
  return quotient;
}

function binaryParts(value: number): [mantissa: bigint, exponent: number] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return exponent === 0 ? [fraction, -1074] : [fraction | (1n << 52n), exponent - 1075];
}

/** round(value[, digits]). */
export function roundNumber(value: PyNumber, digits: number | undefined): PyNumber {
  if (isInt(value)) return digits === undefined || digits >= 0 ? value : roundInteger(value, digits);
  const number = floatOf(value);
  if (!Number.isFinite(number)) {
    if (digits === undefined) throw valueError(`cannot convert float ${floatText(number)} to integer`);
    return makeFloat(number);
  }
  if (digits === undefined) return parseInteger(fixedText(number, 0));
  if (digits > 308) return makeFloat(number);
  if (digits >= 0) return makeFloat(Number(fixedText(number, digits)));
  if (digits < -308) return makeFloat(number * 0);
  return makeFloat(toFloat(roundInteger(parseInteger(fixedText(number, 0)), digits)));
}

function roundInteger(value: PyInt, digits: number): PyInt {
  if (digits < -4000) return 0;
  const scale = 10n ** BigInt(-digits);
  const size = BigInt(value) < 0n ? -BigInt(value) : BigInt(value);
  const rounded = roundedDivide(size, scale) * scale;
  return makeInt(BigInt(value) < 0n ? -rounded : rounded);
}

export function requireInt(value: unknown, what: string): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (isInt(value)) return toIndex(value);
  throw typeError(`${what} must be an integer`);
}
