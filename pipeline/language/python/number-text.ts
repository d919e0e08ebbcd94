import { limitError, valueError } from './errors';
import { MAX_INTEGER_BITS, type Meter } from './limits';
import { isInt, makeFloat, makeInt, PyFloat, type PyInt, type PyNumber, toFloat } from './numbers';

/** repr() of a Python float (bk-sops §4.8). */
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
  return floatText(value);
}

const PREFIX_BASES: Record<string, number> = { '0x': 16, '0o': 8, '0b': 2 };

const MAX_DIGITS_TEXT = 20_000;
const TOO_MANY_DIGITS = 'Exceeds the limit (4300 digits) for integer string conversion';
/** Units of work to read one digit of an integer: every one multiplies what was read before. */
const PARSED_DIGIT = 60;

/**
 * int(text, base): blanks around, single underscores between digits, a prefix that fits the base.
 *
 * @param tooLong makes the error for more digits than an integer may have
 */
export function parseInteger(text: string, meter: Meter, base = 10, tooLong = limitError): PyInt {
  meter.charge(text.length);
  const bare = text.trim();
  if (base === 10 && /^\d{1,15}$/.test(bare)) return Number(bare);
  if (base !== 0 && (base < 2 || base > 36)) throw valueError('int() base must be >= 2 and <= 36, or 0');
  // A number that is so long has no place in an integer; whether it is one is not worth finding out.
  if (bare.length > MAX_DIGITS_TEXT) throw tooLong(TOO_MANY_DIGITS);
  meter.charge(bare.length * PARSED_DIGIT);
  const match = /^([+-]?)(0[xXoObB]_?)?([0-9a-zA-Z]+(?:_[0-9a-zA-Z]+)*)$/.exec(asciiDigits(bare));
  const value = match && accumulate(...digitsOf(match[2] ?? '', match[3]!, base), tooLong);
  // Made late: an error that is not thrown costs as much as the rest of this function.
  if (value === null || value === undefined) {
    throw valueError(`invalid literal for int() with base ${base}: '${text.slice(0, 200)}'`);
  }
  if (BigInt.asIntN(MAX_INTEGER_BITS, value) !== value) throw tooLong(TOO_MANY_DIGITS);
  return makeInt(match![1] === '-' ? -value : value);
}

/** The digits and their base: a prefix belongs to the digits when it does not name the base (`0b1` in base 16). */
function digitsOf(prefix: string, rest: string, base: number): [digits: string, radix: number] {
  const prefixBase = PREFIX_BASES[prefix.slice(0, 2).toLowerCase()];
  const digits = rest.replaceAll('_', '');
  if (prefix === '') return base === 0 ? [/^0+[1-9]/.test(digits) ? '' : digits, 10] : [digits, base];
  return prefixBase === base || base === 0 ? [digits, prefixBase!] : [prefix.replace('_', '') + digits, base];
}

function accumulate(digits: string, radix: number, tooLong: typeof limitError): bigint | undefined {
  if (digits.length > MAX_INTEGER_BITS / 3) throw tooLong(TOO_MANY_DIGITS);
  const allowed = '0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, radix);
  const step = BigInt(radix);
  let value = digits === '' ? undefined : 0n;
  for (const digit of digits.toLowerCase()) {
    const index = allowed.indexOf(digit);
    if (index < 0) return undefined;
    value = value! * step + BigInt(index);
  }
  return value;
}

/** Full-width digits count as digits, as in Python. */
function asciiDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => digit.normalize('NFKC'));
}

const PARSED_FLOAT_DIGIT = 8;

/** float(text). */
export function parseFloatText(text: string, meter: Meter): number | PyFloat {
  meter.charge(text.length * PARSED_FLOAT_DIGIT);
  const bare = text.trim();
  if (/^[+-]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)([eE][+-]?\d+(_\d+)*)?$/.test(bare)) {
    return makeFloat(Number(bare.replaceAll('_', '')));
  }
  const special = /^([+-]?)(?:(inf|infinity)|nan)$/i.exec(bare);
  if (!special) throw valueError(`could not convert string to float: '${text.slice(0, 200)}'`);
  if (!special[2]) return Number.NaN;
  return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** Exactly the digits that Python's round() and "%.2f" give: half to even on the exact binary value. */
export function fixedText(value: number, digits: number): string {
  if (digits > 1000) throw limitError('more digits than the limit of 1000');
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
  const number = toFloat(value);
  if (!Number.isFinite(number)) {
    if (digits === undefined) throw valueError(`cannot convert float ${floatText(number)} to integer`);
    return makeFloat(number);
  }
  if (digits === undefined) return integerOf(number);
  if (digits > 308) return makeFloat(number);
  if (digits >= 0) return makeFloat(Number(fixedText(number, digits)));
  if (digits < -308) return makeFloat(number * 0);
  return makeFloat(toFloat(roundInteger(integerOf(number), digits)));
}

/** The nearest integer, half to even. */
function integerOf(number: number): PyInt {
  return makeInt(BigInt(fixedText(number, 0)));
}

function roundInteger(value: PyInt, digits: number): PyInt {
  if (digits < -4000) return 0;
  const scale = 10n ** BigInt(-digits);
  const size = BigInt(value) < 0n ? -BigInt(value) : BigInt(value);
  const rounded = roundedDivide(size, scale) * scale;
  return makeInt(BigInt(value) < 0n ? -rounded : rounded);
}
