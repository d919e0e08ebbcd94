import { MARK, requireShort, unmarked, withMarks } from './marks';
import { holdsLargeWhole } from './scan';

/**
 * Parses JSON. As JSON.parse, but whole numbers in plain digits that are no safe integers are bigints, with all their digits.
 *
 * @example parseJson('[1, 1765432109876543210, 1e30]') // [1, 1765432109876543210n, 1e30]
 * @throws SyntaxError; RangeError when a whole number has more than 4300 digits
 */
export function parseJson(text: string): unknown {
  return holdsLargeWhole(text) ? parseLarge(text) : JSON.parse(text);
}

/** JSON's own reader does the work, so that depth, names and errors are the same as without such a number. */
function parseLarge(text: string): unknown {
  const marked = withMarks(text);
  let root: unknown;
  try {
    root = JSON.parse(marked);
  } catch {
    // Told of the text that was sent, at its own positions.
    return JSON.parse(text);
  }
  const holder = { root };
  const open: object[] = [holder];
  for (let parent = open.pop(); parent; parent = open.pop()) replaceIn(parent as Record<string, unknown>, open);
  return holder.root;
}

/** Arrays too: their places are names. All of them are there already, `__proto__` as well: none is made. */
function replaceIn(parent: Record<string, unknown>, open: object[]): void {
  for (const name of Object.keys(parent)) {
    const value = parent[name];
    if (typeof value === 'object' && value !== null) open.push(value);
    else if (typeof value === 'string' && value.startsWith(MARK)) parent[name] = unmarked(value);
  }
}

/**
 * A whole number as `parseJson` gives it, for readers of other formats: a number where that has all its digits.
 *
 * @throws RangeError when it has more digits than are read
 */
export function wholeNumber(value: bigint): number | bigint {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  requireShort(String(value));
  return value;
}
