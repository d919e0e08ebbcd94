import { limitError } from './errors';

/** Characters of one fragment or condition. */
export const MAX_SOURCE_LENGTH = 4096;
/** Brackets, lambdas and unary operators inside each other. */
export const MAX_NESTING = 48;
/** Height of an expression tree; a chain `a + b + c` is as high as it is long, hence more than the nesting. */
export const MAX_TREE_HEIGHT = 256;
/** Levels of a value that is turned into text, compared or parsed from JSON. */
export const MAX_VALUE_DEPTH = 200;
/** Bits of one integer: about as many decimal digits as Python prints (4,300). */
export const MAX_INTEGER_BITS = 14_000;

/** What one step of the machine may cost: all values of a node, or all conditions of a gateway, together. */
export interface Limits {
  /** Units of work, of about ten nanoseconds of one core each. */
  work: number;
  /** Characters of one text that is made. */
  text: number;
  /** Items of one list, set or dict that is made. */
  items: number;
}

export const LIMITS: Limits = { work: 10_000_000, text: 1_000_000, items: 100_000 };

/** Runs that began before work was charged for in advance keep their results: only what would hold a worker is refused. */
export const OLD_LIMITS: Limits = { work: 100_000_000, text: 10_000_000, items: 1_000_000 };

/** Units of work. */
const STEP = 15;
const ITEM = 10;
const MADE = 2;
const SPLIT = 6;
const SEARCHED = 1;
const GROWN = 25;
const COMPARED = 6;

/**
 * Pays for what expressions do, before it is done and in proportion to the data that is touched, so that no user text can
 * hold a worker (bk-sops §4.1). One meter is shared by all that one step of the machine renders: what shares structure
 * costs as often as it is walked.
 */
export class Meter {
  #concealed: WeakMap<object, object> | undefined;
  #texts: Map<string, boolean> | undefined;
  #counted: WeakSet<object> | undefined;
  #left: number;

  constructor(readonly limits: Limits = LIMITS) {
    this.#left = limits.work;
  }

  /** @throws ExpressionError `limit` when the work is more than what is left */
  charge(units: number): void {
    const left = this.#left - units;
    // Not a number is too much as well.
    if (!(left >= 0)) throw limitError(`more work than the limit of ${grouped(this.limits.work)} units for one node`);
    this.#left = left;
  }

  /** What expressions see of values in which sealed secrets stand. */
  get concealed(): WeakMap<object, object> {
    this.#concealed ??= new WeakMap();
    return this.#concealed;
  }

  /** Long texts that were searched, and whether a sealed secret stands in them. */
  get texts(): Map<string, boolean> {
    this.#texts ??= new Map();
    return this.#texts;
  }

  /** Pays for something that is done to an object once, however often it is asked for. */
  once(value: object, units: number): void {
    this.#counted ??= new WeakSet();
    if (this.#counted.has(value)) return;
    this.charge(units);
    this.#counted.add(value);
  }

  /** One part of an expression is evaluated. */
  step(): void {
    this.charge(STEP);
  }

  /** List items made or walked through. */
  items(count: number): void {
    if (count > this.limits.items) throw limitError(`${count} items, over the limit of ${grouped(this.limits.items)}`);
    this.charge(count * ITEM);
  }

  /** One item more in a set or dict that has so many. */
  grow(size: number): void {
    if (size >= this.limits.items) throw limitError(`more items than the limit of ${grouped(this.limits.items)}`);
    this.charge(GROWN);
  }

  /** So many items put into order, besides what comparing them costs. */
  sort(count: number): void {
    this.charge(count * Math.ceil(Math.log2(count + 1)) * COMPARED);
  }

  /** Characters of text made. */
  produce(characters: number): void {
    this.bound(characters);
    this.charge(characters * MADE);
  }

  /** A part that is put at the end of a text. */
  append(made: number, characters: number): void {
    this.bound(made + characters);
    this.charge(STEP + characters * MADE);
  }

  /** A text that grows to so many characters, whose parts are paid for one by one. */
  bound(characters: number): void {
    if (characters <= this.limits.text) return;
    throw limitError(`a text of ${characters} characters, over the limit of ${grouped(this.limits.text)}`);
  }

  /** Characters read by a search or a comparison. */
  scan(characters: number): void {
    this.charge(characters);
  }

  /** A text looked for in another one. */
  search(text: string, sought: string): void {
    this.charge(text.length * SEARCHED + sought.length);
  }

  /** A text taken apart into its characters. */
  split(text: string): void {
    this.charge(text.length * SPLIT);
  }

  /** Units of work that were charged. */
  get spent(): number {
    return this.limits.work - this.#left;
  }
}

function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
