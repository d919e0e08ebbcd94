import { CLASSIFIED } from './characters';
import { asNumber } from './compare';
import { isDict } from './dicts';
import { limitError, typeError, valueError } from './errors';
import type { Run } from './functions';
import type { Meter } from './limits';
import { fixedText, floatText } from './number-text';
import { isInt, numberCost, type PyInt, type PyNumber, toFloat, truncate } from './numbers';
import { characters, itemAt, textLength } from './sequences';
import { reprOf, textOf } from './value-text';
import { PyBytes, PyTuple, type PyValue, typeName } from './values';

const DIRECTIVE = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?([hlL]?)(.)?/gsu;
const MAX_WIDTH = 100_000;
/** Units of work to write the digits of a number with a fraction. */
export const FLOAT = 400;

interface Directive {
  flags: string;
  width: number;
  /** -1: not given. */
  precision: number;
  conversion: string;
}

/** `"%s-%05d" % (a, n)` (bk-sops §4.8). */
export function percentFormat(format: string, values: PyValue, run: Run): string {
  const supply = new Supply(values, run.meter);
  run.meter.scan(format.length * 4);
  let out = '';
  let at = 0;
  for (const match of format.matchAll(DIRECTIVE)) {
    out += format.slice(at, match.index);
    at = match.index + match[0].length;
    run.meter.step();
    out += directiveText(match, supply, run.meter);
    run.meter.bound(out.length);
  }
  supply.finish();
  run.meter.produce(format.length);
  return out + format.slice(at);
}

/** Hands out the values in order, or by key. */
class Supply {
  readonly #items: readonly PyValue[];
  #next = 0;
  #keyed = false;

  constructor(
    readonly values: PyValue,
    readonly meter: Meter,
  ) {
    this.#items = values instanceof PyTuple ? values.items : [values];
  }

  take(): PyValue {
    const value = this.#items[this.#next++];
    if (value === undefined) throw typeError('not enough arguments for format string');
    return value;
  }

  takeInt(): number {
    const value = this.take();
    if (typeof value !== 'number' || !isInt(value)) throw typeError('* wants int');
    return value;
  }

  byKey(key: string): PyValue {
    if (!isDict(this.values)) throw typeError('format requires a mapping');
    this.#keyed = true;
    return itemAt(this.values, key, this.meter);
  }

  finish(): void {
    const spare = this.#next < this.#items.length && !this.#keyed;
    const quiet = !(this.values instanceof PyTuple) && (isDict(this.values) || Array.isArray(this.values));
    if (spare && !quiet) throw typeError('not all arguments converted during string formatting');
  }
}

function directiveText(match: RegExpMatchArray, supply: Supply, meter: Meter): string {
  const [whole, key, flags = '', width, precision, , conversion] = match;
  if (conversion === undefined) throw valueError('incomplete format');
  if (conversion === '%') return '%';
  const keyed = key === undefined ? undefined : supply.byKey(key);
  if (keyed !== undefined && (width === '*' || precision === '*')) throw typeError('* wants int');
  const wide = width === '*' ? supply.takeInt() : Number(width ?? 0);
  const given = precision === '*' ? supply.takeInt() : Number(precision ?? (/\.[hlL]?.$/su.test(whole) ? 0 : -1));
  if (Math.abs(wide) > MAX_WIDTH || given > MAX_WIDTH)
    throw limitError(`a format that is wider than the limit of ${MAX_WIDTH}`);
  const directive = {
    flags: wide < 0 ? `${flags}-` : flags,
    width: Math.abs(wide),
    precision: given,
    conversion,
  };
  return pad(directive, convert(directive, keyed === undefined ? supply.take() : keyed, meter), meter);
}

/** Sign or prefix apart from the digits: zeros go between them. */
interface Converted {
  sign: string;
  body: string;
  numeric?: true;
}

type Conversion = (directive: Directive, value: PyValue, meter: Meter) => Converted;

const decimal: Conversion = (directive, value, meter) => integer(directive, value, 10, '', meter);
const hexadecimal: Conversion = (directive, value, meter) => integer(directive, value, 16, '0x', meter);

/** What the letter of a directive makes of a value. */
export const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  s: ({ precision }, value, meter) => ({ sign: '', body: cut(textOf(value, meter), precision, meter) }),
  r: ({ precision }, value, meter) => ({ sign: '', body: cut(reprOf(value, meter), precision, meter) }),
  a: ({ precision }, value, meter) => ({ sign: '', body: cut(asciiRepr(value, meter), precision, meter) }),
  c: (_directive, value, meter) => ({ sign: '', body: characterOf(value, meter) }),
  d: decimal,
  i: decimal,
  u: decimal,
  x: hexadecimal,
  X: (directive, value, meter) => {
    const { sign, body } = hexadecimal(directive, value, meter);
    return { sign: sign.toUpperCase(), body: body.toUpperCase(), numeric: true };
  },
  o: (directive, value, meter) => integer(directive, value, 8, '0o', meter),
  e: float,
  E: float,
  f: float,
  F: float,
  g: float,
  G: float,
};

function convert(directive: Directive, value: PyValue, meter: Meter): Converted {
  const { conversion } = directive;
  if (!Object.hasOwn(CONVERSIONS, conversion)) throw valueError(`unsupported format character '${conversion}'`);
  return CONVERSIONS[conversion]!(directive, value, meter);
}

function cut(text: string, precision: number, meter: Meter): string {
  return precision < 0 ? text : characters(text, meter).slice(0, precision).join('');
}

function asciiRepr(value: PyValue, meter: Meter): string {
  const text = reprOf(value, meter);
  meter.charge(text.length * CLASSIFIED);
  meter.produce(text.length);
  return Array.from(text, (character) => {
    const code = character.codePointAt(0)!;
    if (code < 0x80) return character;
    if (code <= 0xff) return `\\x${code.toString(16)}`;
    return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
  }).join('');
}

function characterOf(value: PyValue, meter: Meter): string {
  if (typeof value === 'string' && textLength(value, meter) === 1) return value;
  if (typeof value === 'number' && isInt(value) && value >= 0 && value <= 0x10ffff) return String.fromCodePoint(value);
  throw typeError('%c requires int or char');
}

function signOf(directive: Directive, negative: boolean): string {
  if (negative) return '-';
  if (directive.flags.includes('+')) return '+';
  return directive.flags.includes(' ') ? ' ' : '';
}

function integer(directive: Directive, value: PyValue, base: number, prefix: string, meter: Meter): Converted {
  const number = asNumber(value);
  if (number === undefined || (base !== 10 && !isInt(number))) {
    throw typeError(`%${directive.conversion} format: a number is required, not ${typeName(value)}`);
  }
  meter.charge(numberCost(number) + FLOAT);
  meter.produce(Math.max(0, directive.precision));
  const whole: PyInt = truncate(number);
  const digits = (whole < 0 ? -BigInt(whole) : BigInt(whole)).toString(base).padStart(directive.precision, '0');
  const sign = signOf(directive, whole < 0) + (directive.flags.includes('#') ? prefix : '');
  return { sign, body: digits, numeric: true };
}

function float(directive: Directive, value: PyValue, meter: Meter): Converted {
  meter.charge(FLOAT + Math.max(0, directive.precision) * 10);
  const number = asNumber(value);
  if (number === undefined || value instanceof PyBytes) throw typeError(`must be real number, not ${typeName(value)}`);
  return floatDirective(directive, number);
}

function floatDirective(directive: Directive, number: PyNumber): Converted {
  const real = toFloat(number);
  const upper = directive.conversion !== directive.conversion.toLowerCase();
  const sign = signOf(directive, real < 0 || Object.is(real, -0));
  const body = Number.isFinite(real)
    ? finiteText(Math.abs(real), directive)
    : floatText(Number.isNaN(real) ? real : Math.abs(real));
  return { sign, body: upper ? body.toUpperCase() : body, numeric: true };
}

function finiteText(real: number, directive: Directive): string {
  const precision = directive.precision < 0 ? 6 : directive.precision;
  const alternate = directive.flags.includes('#');
  const kind = directive.conversion.toLowerCase();
  if (kind === 'f') return fixedText(real, precision) + (alternate && precision === 0 ? '.' : '');
  if (precision > 100) throw limitError('more digits than the limit of 100');
  if (kind === 'e') return scientific(real, precision);
  const digits = precision || 1;
  const exponent = Number(real.toExponential(digits - 1).split('e')[1]);
  const small = exponent < -4 || exponent >= digits;
  const text = small ? scientific(real, digits - 1) : fixedText(real, Math.max(0, digits - 1 - exponent));
  if (alternate || !text.includes('.')) return text;
  return small ? text.replace(/\.?0+e/, 'e') : text.replace(/\.?0+$/, '');
}

function scientific(real: number, precision: number): string {
  const [digits, exponent] = real.toExponential(precision).split('e') as [string, string];
  return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
}

/** Width and flags around what was converted. */
function pad(directive: Directive, { sign, body, numeric }: Converted, meter: Meter): string {
  const length = textLength(sign + body, meter);
  meter.produce(Math.max(length, directive.width));
  const missing = Math.max(0, directive.width - length);
  if (missing === 0) return sign + body;
  if (directive.flags.includes('-')) return sign + body + ' '.repeat(missing);
  if (numeric && directive.flags.includes('0')) return sign + '0'.repeat(missing) + body;
  return ' '.repeat(missing) + sign + body;
}
