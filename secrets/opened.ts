import { findText } from '../base/find-text';
import { hasSealedText, MASK, maskTokens } from '../base/sealed-text';
import type { Json } from '../pipeline/json';
import { Closer } from './closer';
import { Fragments } from './fragments';
import { type Opening, replaceTokens } from './token';
import { mapTexts } from './walk';

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
const WHOLE = /^\s*[+-]?\d{1,4300}\s*$/;
/** Shorter numbers are too many innocent ones in other words. */
const SHORTEST_NUMBER = 4;

/** Of what is cut off from a secret less says too little to be one, and more is not looked for. */
const SHORTEST_CUT = 4;
const LONGEST_CUT = 1024;

/** The secrets that one run of a plugin has opened: nothing that comes out of it may show them. */
export class OpenedSecrets {
  /** Their tokens by secret. */
  readonly #tokens = new Map<string, string>();
  #closer: Closer | undefined;
  /** Of texts in which each character is a byte. */
  #byteCloser: Closer | undefined;
  #numbers = new Map<number | bigint, string>();

  constructor(private readonly opening: Opening) {}

  /** Whether there are any. */
  get hasAny(): boolean {
    return this.#tokens.size > 0;
  }

  /**
   * A value with its tokens opened, at any depth and inside larger texts.
   *
   * @throws SecretError when one cannot be opened
   */
  open<T extends Json>(value: T): T {
    const text = (sealed: string) =>
      replaceTokens(sealed, this.opening, (secret, token) => {
        if (secret !== '' && !this.#tokens.has(secret)) this.#remember(secret, token);
        return secret;
      });
    return mapTexts(value, { text }) as T;
  }

  /**
   * A value with the opened secrets closed again: each becomes its token, so that what is handed on still works; other
   * forms of it, which could not be opened again, are masked. So are tokens that are there already: whatever a plugin was
   * given it was given open, so these come from outside.
   */
  close<T extends Json>(value: T): T {
    if (!this.hasAny && findText(value, hasSealedText) === undefined) return value;
    return mapTexts(value, {
      text: (text) => this.#closeText(text, (secret) => this.#tokens.get(secret)!),
      number: (number) => this.#closeNumber(number),
    }) as T;
  }

  /** A text for people: nothing in it opens again. */
  mask(text: string): string {
    return this.#closeText(text, () => MASK);
  }

  /**
   * The same for bytes that may be no text: each of them stays, but those of secrets.
   *
   * @param isEnd nothing comes after them: a secret may have been cut off there
   */
  maskBytes(bytes: Buffer, isEnd = false): Buffer {
    const text = bytes.toString('latin1');
    const own = maskTokens(text);
    if (!this.hasAny) return own === text ? bytes : Buffer.from(own, 'latin1');
    const closed = this.#closerOfBytes().close(own, () => MASK);
    return Buffer.from(isEnd ? this.#hideCut(closed) : closed, 'latin1');
  }

  #hideCut(text: string): string {
    const secrets = [...this.#tokens.keys()].map(asBytes);
    const from = Math.max(0, text.length - Math.min(this.longestBytes, LONGEST_CUT));
    for (let at = from; at <= text.length - SHORTEST_CUT; at++) {
      const end = text.slice(at);
      if (secrets.some((secret) => secret.startsWith(end))) return text.slice(0, at) + MASK;
    }
    return text;
  }

  /** Where bytes can be cut at a place or after it, so that each side can be masked for itself. */
  cutBytesAt(bytes: Buffer, at: number): number {
    if (!this.hasAny || at === 0 || at === bytes.length) return at;
    return this.#closerOfBytes().cutAt(bytes.toString('latin1'), at);
  }

  /** Of the longest secret, as it is. */
  get longestBytes(): number {
    return [...this.#tokens.keys()].reduce((most, secret) => Math.max(most, Buffer.byteLength(secret)), 0);
  }

  /** Whether one of them has several lines. */
  get haveLines(): boolean {
    return [...this.#tokens.keys()].some((secret) => secret.trim().includes('\n'));
  }

  /** Whether a text, masked before, still has a piece of a secret in it. */
  showsPiece(text: string): boolean {
    return this.hasAny && new Fragments([...this.#tokens.keys()]).standIn(text);
  }

  #closerOfBytes(): Closer {
    this.#byteCloser ??= new Closer(
      [...this.#tokens.keys()].flatMap((secret) => [...new Set([secret, asBytes(secret)])]),
    );
    return this.#byteCloser;
  }

  #remember(secret: string, token: string): void {
    this.#tokens.set(secret, token);
    // Of two that are one number, such as 7 and 007, the one that is written like it.
    for (const number of numbersOf(secret)) {
      if (this.#numbers.get(number) !== String(number)) this.#numbers.set(number, secret);
    }
    this.#closer = undefined;
    this.#byteCloser = undefined;
  }

  #closeText(text: string, replace: (secret: string) => string): string {
    const own = maskTokens(text);
    if (!this.hasAny) return own;
    this.#closer ??= new Closer([...this.#tokens.keys()]);
    return this.#closer.close(own, replace);
  }

  #closeNumber(number: number | bigint): Json {
    const secret = this.#numbers.get(number);
    if (secret === undefined) return number;
    if (String(number) === secret) return this.#tokens.get(secret)!;
    return secret.trim().length < SHORTEST_NUMBER ? number : MASK;
  }
}

/** The bytes of a text, one character each. */
function asBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The numbers that a secret is, as JSON may have them: a large whole one with all its digits, and what is near to it. */
function numbersOf(secret: string): (number | bigint)[] {
  if (!NUMBER.test(secret)) return [];
  const near = Number(secret);
  const isLarge = WHOLE.test(secret) && !Number.isSafeInteger(near);
  return isLarge ? [near, BigInt(secret.replace('+', ''))] : [near];
}
