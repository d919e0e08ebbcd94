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

const MAX_STEPS = 10_000;
const MAX_ITEMS = 100_000;
const MAX_PRODUCED_CHARACTERS = 1_000_000;
const MAX_SCANNED_CHARACTERS = 20_000_000;
/** All fragments of one rendered value together: a template with thousands of heavy fragments must not add up. */
const MAX_RENDER_STEPS = 50_000;

/** Counts what an expression costs, so that no user text can hold a worker (spec 4.1; one meter for each fragment). */
export class Meter {
  #steps = MAX_STEPS;
  #items = MAX_ITEMS;
  #produced = MAX_PRODUCED_CHARACTERS;
  #scanned = MAX_SCANNED_CHARACTERS;

  step(): void {
    if (--this.#steps < 0) throw limitError('the expression takes too many steps');
  }

  /** List items made or walked through. */
  items(count: number): void {
    this.#items -= count;
    if (!(this.#items >= 0)) throw limitError('the expression makes too many items');
  }

  /** Characters of text made. Call it before making them. */
  produce(characters: number): void {
    this.#produced -= characters;
    if (!(this.#produced >= 0)) throw limitError('the expression makes too much text');
  }

  /** Characters read by a search, a split, a hash. */
  scan(characters: number): void {
    this.#scanned -= characters;
    if (!(this.#scanned >= 0)) throw limitError('the expression reads too much text');
  }

  get used(): number {
    return MAX_STEPS - this.#steps + (MAX_ITEMS - this.#items) / 10 + (MAX_SCANNED_CHARACTERS - this.#scanned) / 2000;
  }
}

/** What is left for one call of renderTemplate. */
export class RenderBudget {
  #left = MAX_RENDER_STEPS;

  get exhausted(): boolean {
    return this.#left <= 0;
  }

  spend(meter: Meter): void {
    this.#left -= meter.used;
  }
}
