import type { Value } from './value';

/** Python, too, takes only so many brackets within one another. */
const MAX_DEPTH = 50;

const WORD = /(?:True|False|None)(?![\w])/y;
const FLOAT =
  /(?:(?:\d(?:_?\d)*)?\.\d(?:_?\d)*|\d(?:_?\d)*\.)(?:[eE][+-]?\d(?:_?\d)*)?|\d(?:_?\d)*[eE][+-]?\d(?:_?\d)*/y;
const WHOLE = /0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?0)*|[1-9](?:_?\d)*/y;
const AFTER_NUMBER = /(?![\w.])/y;
const SIGN = /[+-][ \t]*/y;
const BLANKS = /[ \t\f]*/y;
const STRING = /([uUrR]?)('(?!'')(?:[^'\\]|\\.)*'|"(?!"")(?:[^"\\]|\\.)*")/y;
const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|(.))/g;
const NAMED = new Map(
  Object.entries({ n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', '\\': '\\', "'": "'", '"': '"' }),
);

/**
 * What a text means as a literal of Python, which values in INI inventories are read as: numbers, quoted texts, True, False,
 * None, lists, tuples (as lists), dicts, and what ends in a comment. A text that is none is meant as it is.
 *
 * @example literalOf('[1, "a"]') // [1n, 'a']
 * @example literalOf('true') // undefined
 * @returns undefined when it is no literal
 */
export function literalOf(text: string): Value | undefined {
  try {
    return new Reader(text).whole();
  } catch (error) {
    if (error instanceof NoLiteral) return undefined;
    throw error;
  }
}

class NoLiteral extends Error {}

class Reader {
  #at = 0;
  #depth = 0;

  constructor(readonly text: string) {}

  whole(): Value {
    this.#take(BLANKS);
    const value = this.#listed('');
    if (this.#at < this.text.length && this.text[this.#at] !== '#') throw new NoLiteral();
    return value;
  }

  /** One value, or a tuple of several between commas; nothing is an empty tuple before an end that is a bracket. */
  #listed(end: '' | ')'): Value {
    if (end !== '' && this.text[this.#at] === end) return [];
    const first = this.#value();
    if (!this.#skip(',')) return first;
    const items = [first];
    while (!this.#isAtEnd(end)) {
      items.push(this.#value());
      if (!this.#skip(',')) break;
    }
    return items;
  }

  #isAtEnd(end: string): boolean {
    const next = this.text[this.#at];
    return end === '' ? next === undefined || next === '#' : next === end;
  }

  #value(): Value {
    const value = this.#bare();
    this.#take(BLANKS);
    return value;
  }

  #bare(): Value {
    const word = this.#take(WORD);
    if (word !== undefined) return word === 'None' ? null : word === 'True';
    if (this.#skip('[')) return this.#within(() => this.#items(']'));
    if (this.#skip('{')) return this.#within(() => this.#dictOrSet());
    if (this.#skip('(')) {
      return this.#within(() => {
        const value = this.#listed(')');
        this.#require(')');
        return value;
      });
    }
    return this.#string() ?? this.#number();
  }

  #within(read: () => Value): Value {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new NoLiteral();
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #items(end: string): Value[] {
    const items: Value[] = [];
    while (this.text[this.#at] !== end) {
      items.push(this.#value());
      if (!this.#skip(',')) break;
    }
    this.#require(end);
    return items;
  }

  #dictOrSet(): Value {
    const dict = new Map<Value, Value>();
    if (this.#skip('}')) return dict;
    const first = this.#value();
    if (!this.#skip(':')) {
      if (this.#skip(',')) return [...new Set([first, ...this.#items('}')])];
      this.#require('}');
      return [first];
    }
    dict.set(keyOf(first), this.#value());
    while (this.#skip(',') && this.text[this.#at] !== '}') {
      const key = keyOf(this.#value());
      if (!this.#skip(':')) throw new NoLiteral();
      dict.set(key, this.#value());
    }
    this.#require('}');
    return dict;
  }

  /** Texts that stand beside each other are one. */
  #string(): string | undefined {
    let text: string | undefined;
    for (let found = this.#match(STRING); found; found = this.#match(STRING)) {
      const [, prefix, quoted] = found as unknown as [string, string, string];
      const inner = quoted.slice(1, -1);
      text = (text ?? '') + (prefix.toLowerCase() === 'r' ? inner : unescaped(inner));
      this.#take(BLANKS);
    }
    return text;
  }

  #number(): Value {
    const isNegative = this.#take(SIGN)?.startsWith('-') ?? false;
    const float = this.#take(FLOAT);
    const digits = float ?? this.#take(WHOLE);
    if (digits === undefined || this.#take(AFTER_NUMBER) === undefined) throw new NoLiteral();
    const plain = digits.replaceAll('_', '');
    if (float !== undefined) return isNegative ? -Number(plain) : Number(plain);
    return isNegative ? -BigInt(plain) : BigInt(plain);
  }

  #skip(char: string): boolean {
    if (this.text[this.#at] !== char) return false;
    this.#at += 1;
    this.#take(BLANKS);
    return true;
  }

  #require(char: string): void {
    if (this.text[this.#at] !== char) throw new NoLiteral();
    this.#at += 1;
    this.#take(BLANKS);
  }

  #take(pattern: RegExp): string | undefined {
    return this.#match(pattern)?.[0];
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text);
    if (!found) return undefined;
    this.#at += found[0].length;
    return found;
  }
}

function keyOf(value: Value): Value {
  if (typeof value === 'object' && value !== null) throw new NoLiteral();
  return value;
}

/** What Python does not know stays as it is, with its backslash. */
function unescaped(text: string): string {
  return text.replace(ESCAPE, (all, hex2, hex4, hex8, octal, other) => {
    const hex = hex2 ?? hex4 ?? hex8;
    if (hex !== undefined || octal !== undefined) {
      const code = hex === undefined ? Number.parseInt(octal, 8) : Number.parseInt(hex, 16);
      if (code > 0x10ffff) throw new NoLiteral();
      return String.fromCodePoint(code);
    }
    // One of these that is not complete, and names of characters, which nobody writes.
    if (/[xuUN]/.test(other)) throw new NoLiteral();
    return NAMED.get(other) ?? all;
  });
}
