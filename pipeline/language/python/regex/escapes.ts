import type { Category } from './characters';
import type { Reader } from './reader';
import type { SetItem } from './sets';

const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['\\a', 0x07],
  ['\\b', 0x08],
  ['\\f', 0x0c],
  ['\\n', 0x0a],
  ['\\r', 0x0d],
  ['\\t', 0x09],
  ['\\v', 0x0b],
  ['\\\\', 0x5c],
]);

const CATEGORIES: ReadonlyMap<string, Category> = new Map([
  ['d', 'digit'],
  ['s', 'space'],
  ['w', 'word'],
]);

const HEX = /[0-9a-fA-F]/;
const OCTAL = /[0-7]/;
const MAX_OCTAL = 0o377;
const MAX_CODE = 0x10ffff;
/** Digits after `\x`, `\u` and `\U`. */
const HEX_DIGITS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

/** `\d`, `\W`: a class of characters; undefined for any other escape. */
export function categoryOf(escaped: string): SetItem | undefined {
  const letter = escaped[1]!;
  const category = CATEGORIES.get(letter.toLowerCase());
  return category && { kind: 'category', category, isNegated: letter !== letter.toLowerCase() };
}

/**
 * The character that an escape stands for, of which the reader has taken the first two characters.
 *
 * @param from where it begins
 * @param isInSet between brackets `\b` is a backspace, and all octal digits count
 */
export function characterOf(reader: Reader, escaped: string, from: number, isInSet: boolean): number {
  const control = CONTROLS.get(escaped);
  if (control !== undefined && (isInSet || escaped !== '\\b')) return control;
  const letter = escaped.slice(1);
  const digits = HEX_DIGITS.get(letter);
  if (digits !== undefined) {
    const text = reader.while(HEX, digits);
    if (text.length < digits) throw reader.error(`incomplete escape ${escaped}${text}`, from);
    const code = Number.parseInt(text, 16);
    if (code > MAX_CODE) throw reader.error(`bad escape ${escaped}${text}`, from);
    return code;
  }
  if (letter === '0' || (isInSet && OCTAL.test(letter))) {
    const text = letter + reader.while(OCTAL, 2);
    const code = Number.parseInt(text, 8);
    if (code > MAX_OCTAL) throw reader.error(`octal escape value \\${text} outside of range 0-0o377`, from);
    return code;
  }
  if (/[a-zA-Z0-9]/.test(letter)) throw reader.error(`bad escape ${escaped}`, from);
  return letter.codePointAt(0)!;
}
