import { type Category, type Fold, foldCode, isOf, isOfAscii } from './characters';

/** Whether a character is one of those that a part of a pattern stands for. */
export interface CharacterTest {
  matches(code: number): boolean;
}

/** What stands between brackets: a range of characters, or a class such as `\w`. */
export type SetItem =
  | { kind: 'range'; low: number; high: number }
  | { kind: 'category'; category: Category; isNegated: boolean };

export interface SetOptions {
  isNegated: boolean;
  fold: Fold;
  /** Whether classes are those of ASCII. */
  isAscii: boolean;
}

const ASCII_SIZE = 128;
/** No letter behind has a capital. */
const LAST_CASED = 0x1e943;

/** Pays for so many characters that are looked at one by one. */
export type Pay = (characters: number) => void;

export const ANY: CharacterTest = { matches: () => true };
export const ANY_BUT_LINE_END: CharacterTest = { matches: (code) => code !== 0x0a };

/** One character. */
export function literal(code: number, fold: Fold): CharacterTest {
  const wanted = foldCode(code, fold);
  return fold === 'none'
    ? { matches: (found) => found === wanted }
    : { matches: (found) => found === wanted || foldCode(found, fold) === wanted };
}

/** A set of characters. */
export function characterSet(items: readonly SetItem[], options: SetOptions, pay: Pay): CharacterTest {
  pay(ASCII_SIZE);
  if (options.fold !== 'none') {
    for (const item of items) {
      if (item.kind === 'range') pay(Math.max(0, Math.min(item.high, LAST_CASED) - item.low + 1));
    }
  }
  return new CharacterSet(items, options);
}

class CharacterSet implements CharacterTest {
  readonly #ranges: Int32Array;
  readonly #categories: Extract<SetItem, { kind: 'category' }>[];
  /** The answers for ASCII. */
  readonly #ascii = new Uint8Array(ASCII_SIZE);

  constructor(
    items: readonly SetItem[],
    readonly options: SetOptions,
  ) {
    this.#categories = items.filter((item) => item.kind === 'category');
    const ranges = items.flatMap((item) => (item.kind === 'range' ? foldedRanges(item, options.fold) : []));
    this.#ranges = Int32Array.from(joined(ranges).flat());
    for (let code = 0; code < ASCII_SIZE; code++) this.#ascii[code] = this.#look(code) ? 1 : 0;
  }

  matches(code: number): boolean {
    return code < ASCII_SIZE ? this.#ascii[code] === 1 : this.#look(code);
  }

  #look(code: number): boolean {
    const { fold, isAscii, isNegated } = this.options;
    const isIn = isAscii ? isOfAscii : isOf;
    const found =
      this.#isInRange(foldCode(code, fold)) ||
      this.#categories.some((one) => isIn(one.category, code) !== one.isNegated);
    return found !== isNegated;
  }

  #isInRange(code: number): boolean {
    const ranges = this.#ranges;
    let [from, to] = [0, ranges.length >> 1];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (code < ranges[2 * middle]!) to = middle;
      else if (code > ranges[2 * middle + 1]!) from = middle + 1;
      else return true;
    }
    return false;
  }
}

type Range = [low: number, high: number];

function foldedRanges({ low, high }: { low: number; high: number }, fold: Fold): Range[] {
  if (fold === 'none') return [[low, high]];
  const ranges: Range[] = high > LAST_CASED ? [[Math.max(low, LAST_CASED + 1), high]] : [];
  for (let code = low; code <= Math.min(high, LAST_CASED); code++) {
    const alike = foldCode(code, fold);
    const last = ranges.at(-1);
    if (last && alike === last[1] + 1) last[1] = alike;
    else ranges.push([alike, alike]);
  }
  return ranges;
}

/** In order, none touching another. */
function joined(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const [low, high] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else result.push([low, high]);
  }
  return result;
}
