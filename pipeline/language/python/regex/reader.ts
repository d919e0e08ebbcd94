import { type ExpressionError, valueError } from '../errors';

/** Reads a pattern character by character; an escape counts as one, as `\` and what follows. Positions are in characters. */
export class Reader {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(readonly source: string) {
    this.#characters = [...source];
  }

  /** Position of what comes next. */
  get at(): number {
    return this.#at;
  }

  /** What comes next; undefined at the end. */
  get next(): string | undefined {
    const one = this.#characters[this.#at];
    if (one !== '\\') return one;
    const escaped = this.#characters[this.#at + 1];
    if (escaped === undefined) throw this.error('bad escape (end of pattern)');
    return one + escaped;
  }

  take(): string | undefined {
    const one = this.next;
    this.#at += one === undefined ? 0 : one.startsWith('\\') && one.length > 1 ? 2 : 1;
    return one;
  }

  /** Takes what comes next if it is this. */
  skip(wanted: string): boolean {
    if (this.next !== wanted) return false;
    this.take();
    return true;
  }

  /** Up to so many characters of a kind. */
  while(kind: RegExp, most = Number.POSITIVE_INFINITY): string {
    let text = '';
    while (text.length < most && kind.test(this.#characters[this.#at] ?? '')) text += this.#characters[this.#at++]!;
    return text;
  }

  /** What stands before a character, which is taken too. */
  until(end: string, what: string): string {
    let text = '';
    for (;;) {
      const one = this.take();
      if (one === undefined) throw this.error(text === '' ? `missing ${what}` : `missing ${end}, unterminated name`);
      if (one === end) break;
      text += one;
    }
    if (text === '') throw this.error(`missing ${what}`);
    return text;
  }

  back(to: number): void {
    this.#at = to;
  }

  error(message: string, at = this.#at): ExpressionError {
    return valueError(`bad pattern: ${message} at position ${at}`);
  }
}
