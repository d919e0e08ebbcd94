import { MARK, requireShort, withoutMarks } from './marks';
import { parseJson } from './parse';
import { holdsLargeWhole } from './scan';

/** From here on JSON's own writer says the exponent of a whole number. */
const WRITTEN_WITH_EXPONENT = 1e21;

/**
 * Writes JSON. As JSON.stringify, but bigints are written as whole numbers, and numbers that are no safe integers never
 * are: `parseJson` gives back what it was, a number or a bigint.
 *
 * @example stringifyJson([1, 1765432109876543210n, 1e20]) // '[1,1765432109876543210,1e+20]'
 * @throws TypeError when the value refers to itself; RangeError when a whole number has more digits than are read
 */
export function stringifyJson(value: unknown, space?: number): string {
  return stringifyPlain(value, space) ?? stringifyLarge(value, space);
}

/**
 * Writes JSON for others: as `stringifyJson`, but numbers that are no safe integers stand as JavaScript writes them. Where
 * there are no bigints that costs nothing more than JSON.stringify.
 *
 * @example writeJson([1, 1765432109876543210n, 1e20]) // '[1,1765432109876543210,100000000000000000000]'
 * @throws as `stringifyJson`
 */
export function writeJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!isOfBigint(error)) throw error;
    return withoutMarks(JSON.stringify(value, markingBigints));
  }
}

/**
 * Writes JSON, and says what will be read of it: the value itself, or where there are bigints in it a copy in which those
 * that are safe integers are numbers.
 *
 * @throws as `stringifyJson`
 */
export function settleJson(value: unknown): { text: string; value: unknown } {
  const text = stringifyPlain(value, undefined);
  if (text !== undefined) return { text, value };
  const written = stringifyLarge(value, undefined);
  return { text: written, value: parseJson(written) };
}

/** undefined when it takes more than JSON's own writer. */
function stringifyPlain(value: unknown, space: number | undefined): string | undefined {
  let text: string | undefined;
  try {
    text = JSON.stringify(value, undefined, space);
  } catch (error) {
    if (!isOfBigint(error)) throw error;
    return undefined;
  }
  return text === undefined || holdsLargeWhole(text) ? undefined : text;
}

/** What is wrong besides is wrong again when it is written with bigints. */
function isOfBigint(error: unknown): boolean {
  return (error as Error).name === 'TypeError';
}

function stringifyLarge(value: unknown, space: number | undefined): string {
  const text: string | undefined = JSON.stringify(value, marking, space);
  return text === undefined ? text! : withoutMarks(text);
}

function marking(name: string, value: unknown): unknown {
  return typeof value === 'number' && isLargeFloat(value)
    ? `${MARK}${value.toExponential()}`
    : markingBigints(name, value);
}

function markingBigints(_name: string, value: unknown): unknown {
  switch (typeof value) {
    case 'bigint':
      return `${MARK}${digitsOf(value)}`;
    case 'string':
      return value.startsWith(MARK) ? `${MARK}${value}` : value;
    default:
      return value;
  }
}

/** What is written has to be read again. */
function digitsOf(value: bigint): string {
  const digits = String(value);
  requireShort(digits);
  return digits;
}

/** Whole, but a number with a fraction or an exponent when it was read: as digits it would be read as another. */
function isLargeFloat(value: number): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < WRITTEN_WITH_EXPONENT;
}
