import { isBlank } from '../characters';

/** What Python's `re` asks of a character: `\w`, `\d`, `\s`, in Unicode or in ASCII, and which others differ in case only. */
export type Category = 'word' | 'digit' | 'space';

/** How letters are made alike before they are compared. */
export type Fold = 'none' | 'ascii' | 'unicode';

const MAX_ASCII = 0x7f;
const MAX_BMP = 0xffff;

const KNOWN = 1;
const WORD = 2;
const DIGIT = 4;
const SPACE = 8;
const CASED = 16;

const BITS: Record<Category, number> = { word: WORD, digit: DIGIT, space: SPACE };

/** Facts of characters that were asked for before: they hold whoever asks. */
const facts = new Uint8Array(MAX_BMP + 1);
const folded = new Map<number, number>();

/** `str.isalnum()` or `_`, `str.isdecimal()`, `str.isspace()`. */
export function isOf(category: Category, code: number): boolean {
  return (factsOf(code) & BITS[category]) !== 0;
}

/** The same for ASCII alone. */
export function isOfAscii(category: Category, code: number): boolean {
  if (code > MAX_ASCII || (code >= 0x1c && code <= 0x1f)) return false;
  return isOf(category, code);
}

function factsOf(code: number): number {
  if (code > MAX_BMP) return lookUp(code);
  const known = facts[code]!;
  if (known !== 0) return known;
  const found = lookUp(code);
  facts[code] = found;
  return found;
}

function lookUp(code: number): number {
  const character = String.fromCodePoint(code);
  return (
    KNOWN |
    (/[\p{L}\p{N}_]/u.test(character) ? WORD : 0) |
    (/\p{Nd}/u.test(character) ? DIGIT : 0) |
    (isBlank(character) ? SPACE : 0) |
    (foldOnce(code) !== code ? CASED : 0)
  );
}

/** One for all characters that `re.IGNORECASE` takes for the same: those whose small letters have the same capital. */
export function foldCode(code: number, fold: Fold): number {
  if (fold === 'none') return code;
  if (code <= MAX_ASCII) return code >= 0x61 && code <= 0x7a ? code - 0x20 : code;
  if (fold === 'ascii' || (factsOf(code) & CASED) === 0) return code;
  let found = folded.get(code);
  if (found === undefined) {
    found = foldOnce(code);
    folded.set(code, found);
  }
  return found;
}

/** Small letters whose capitals are several characters, and which are the same all the same. */
const SAME_CAPITALS: ReadonlyMap<number, number> = new Map([
  [0x1fd3, 0x390],
  [0x1fe3, 0x3b0],
  [0xfb06, 0xfb05],
]);

function foldOnce(code: number): number {
  // The first character: `İ` becomes `i` and a dot.
  const small = String.fromCodePoint(code).toLowerCase().codePointAt(0)!;
  const capital = String.fromCodePoint(small).toUpperCase();
  const [first, ...others] = capital;
  return others.length === 0 ? first!.codePointAt(0)! : (SAME_CAPITALS.get(small) ?? small);
}
