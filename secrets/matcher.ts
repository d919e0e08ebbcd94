/** A secret longer than this is found by its beginning, and covered as far as it goes on. */
export const HEAD_LENGTH = 256;

/** What is looked for: code units, folded as the text is that they are looked for in. */
export interface Pattern {
  units: Uint16Array;
}

/** An occurrence: from the unit `start` up to, without, the unit `end`, as much of the pattern as is there. */
export interface Match {
  pattern: number;
  start: number;
  end: number;
  isWhole: boolean;
}

/**
 * Finds many patterns in one walk over a text (Aho and Corasick's automaton): the time is that of the walk, however many
 * patterns there are, and nothing in a text or a pattern makes it longer. Of long patterns only the head is in the
 * automaton, so that it stays small.
 */
export class Matcher {
  readonly #rootNext = new Int32Array(0x10000);
  readonly #unit: number[] = [0];
  readonly #firstChild: number[] = [0];
  readonly #sibling: number[] = [0];
  readonly #fail: number[] = [0];
  /** The patterns that end in a state, and the next state behind it in which one ends. */
  readonly #ends: (number[] | undefined)[] = [undefined];
  readonly #shorter: number[] = [0];

  constructor(readonly patterns: readonly Pattern[]) {
    for (const [index, { units }] of patterns.entries()) if (units.length > 0) this.#insert(units, index);
    this.#link();
  }

  /**
   * Calls `found` for what ends at each place, longest first, until it says that one is enough.
   *
   * @returns false when so much is alike that the search was given up: then anything may be in the text
   */
  search(text: Uint16Array, found: (match: Match) => boolean): boolean {
    let state = 0;
    // What long patterns are compared beyond their heads: only patterns and texts that repeat themselves come so far.
    let left = 16 * text.length + 1_000_000;
    for (let at = 0; at < text.length; at++) {
      const unit = text[at]!;
      state = state === 0 ? this.#rootNext[unit]! : this.#step(state, unit);
      for (let end = state; end !== 0; end = this.#shorter[end]!) {
        let isEnough = false;
        for (const pattern of this.#ends[end] ?? []) {
          const { units } = this.patterns[pattern]!;
          const head = Math.min(units.length, HEAD_LENGTH);
          let length = head;
          while (length < units.length && text[at + 1 - head + length] === units[length]) length++;
          left -= length - head;
          if (left < 0) return false;
          const start = at + 1 - head;
          const match = { pattern, start, end: start + length, isWhole: length === units.length };
          if (found(match)) isEnough = true;
        }
        if (isEnough) break;
      }
    }
    return true;
  }

  #insert(units: Uint16Array, pattern: number): void {
    let state = 0;
    for (const unit of units.subarray(0, HEAD_LENGTH)) state = this.#child(state, unit) || this.#add(state, unit);
    this.#ends[state] = [...(this.#ends[state] ?? []), pattern];
  }

  #add(parent: number, unit: number): number {
    const state = this.#unit.length;
    this.#unit.push(unit);
    this.#firstChild.push(0);
    this.#sibling.push(this.#firstChild[parent]!);
    this.#fail.push(0);
    this.#ends.push(undefined);
    this.#shorter.push(0);
    this.#firstChild[parent] = state;
    if (parent === 0) this.#rootNext[unit] = state;
    return state;
  }

  #child(state: number, unit: number): number {
    if (state === 0) return this.#rootNext[unit]!;
    let child = this.#firstChild[state]!;
    while (child !== 0 && this.#unit[child] !== unit) child = this.#sibling[child]!;
    return child;
  }

  #step(from: number, unit: number): number {
    for (let state = from; ; state = this.#fail[state]!) {
      const next = this.#child(state, unit);
      if (next !== 0 || state === 0) return next;
    }
  }

  /** Level by level: where to go on when the next unit does not fit. */
  #link(): void {
    const queue = [0];
    for (const state of queue) {
      for (let child = this.#firstChild[state]!; child !== 0; child = this.#sibling[child]!) {
        const fail = state === 0 ? 0 : this.#step(this.#fail[state]!, this.#unit[child]!);
        this.#fail[child] = fail;
        this.#shorter[child] = this.#ends[fail] ? fail : this.#shorter[fail]!;
        queue.push(child);
      }
    }
  }
}
