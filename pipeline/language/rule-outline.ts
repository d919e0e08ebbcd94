import { OPERATORS, type ReadWord, WORDS } from './rule-tokens';

/** What is known of a rule before it is rendered: literal text, and where a fragment stands. */
export type RulePart = string | { source: string };

/** Where a rule cannot be read, in its text as written. */
export interface RuleFault {
  /** Characters before it. */
  at: number;
  message: string;
}

/** Stands for a fragment. */
const OPEN = '\ue000';
const MAX_NESTING = 100;
const MAX_SHOWN = 20;

/** What may come next; in brackets `inner join`, in a list `comma`. */
type Expected = 'comparison' | 'operator' | 'value' | 'join' | 'inner join' | 'comma';

const EXPECTED: Record<Expected, string> = {
  comparison: 'a value or an opening bracket',
  operator: `an operator (${OPERATORS.join(', ')})`,
  value: 'a value',
  join: '"and", "or" or the end',
  'inner join': '"and", "or" or a closing bracket',
  comma: 'a comma or a closing bracket',
};

/**
 * Why a rule cannot be read, whatever its fragments become; undefined when it can, or might. A fragment is taken for a
 * value first, then, with what touches it (`-${n}`, `a.${b}`), for any words with balanced quotes and brackets: a variable
 * may hold an operator, the items of a list or all of a rule.
 */
export function ruleFault(parts: readonly RulePart[]): RuleFault | undefined {
  const sketch = parts.map((part) => (typeof part === 'string' ? part : OPEN)).join('');
  if (sketch === '*') return undefined;
  const asValues = new Outline(sketch, true);
  if (asValues.holds()) return undefined;
  const asWords = new Outline(sketch, false);
  if (sketch.includes(OPEN) && (asWords.holds() || new Outline(withNeighbours(sketch), false).holds()))
    return undefined;
  const { at, expected } = sketch[asValues.at] === OPEN ? asWords : asValues;
  return told(parts, sketch, at, expected);
}

/** What may be part of a number, a path or an operator. */
const TOUCHING = /^[\w.+\-=<>\ue000]*$/;

/** With all that touches a fragment as part of it. */
function withNeighbours(sketch: string): string {
  const pieces = sketch.split(/([\s"'(),])/);
  return pieces.map((piece) => (piece.includes(OPEN) && TOUCHING.test(piece) ? OPEN : piece)).join('');
}

function told(parts: readonly RulePart[], sketch: string, at: number, expected: ReadonlySet<Expected>): RuleFault {
  const written = parts.map((part) => (typeof part === 'string' ? part : part.source)).join('');
  let [place, left] = [0, at];
  for (const part of parts) {
    const length = typeof part === 'string' ? part.length : OPEN.length;
    if (left < length) break;
    left -= length;
    place += typeof part === 'string' ? length : part.source.length;
  }
  place += left;
  const found = written.slice(place, place + MAX_SHOWN) || 'end of text';
  const isOpenText =
    (sketch[at] === '"' || sketch[at] === "'") && (expected.has('value') || expected.has('comparison'));
  const wanted = isOpenText
    ? 'a text that ends with the same quotation mark'
    : [...expected].map((one) => EXPECTED[one]).join(' or ');
  return { at: place, message: `unexpected '${found}' at ${place}: expected ${wanted}` };
}

/** Follows all ways in which a sketch may be read. */
class Outline {
  /** The last place at which nothing fits, and what would. */
  at = 0;
  readonly expected = new Set<Expected>();

  constructor(
    readonly text: string,
    readonly areValues: boolean,
  ) {}

  holds(): boolean {
    return this.#chain(0, 0).has(this.text.length);
  }

  /** Where a chain that begins here may end: at the end of the text, or behind the bracket that closes it. */
  #chain(from: number, depth: number): Set<number> {
    const ends = new Set<number>();
    const seen = new Set<string>();
    const open: [at: number, expected: Expected][] = [];
    const go = (at: number, expected: Expected): void => {
      const key = `${at} ${expected}`;
      if (seen.has(key)) return;
      seen.add(key);
      open.push([at, expected]);
    };
    go(from, 'comparison');
    for (let way = open.pop(); way; way = open.pop()) {
      const [start, expected] = way;
      const at = this.#match(WORDS.blanks, start) ?? start;
      const before = open.length + ends.size;
      if (this.text[at] === OPEN) this.#pass(expected, (next) => go(at + 1, next));
      else if (expected === 'operator') this.#then(this.#match(WORDS.operator, at), (end) => go(end, 'value'));
      else if (expected === 'join') {
        this.#then(this.#match(WORDS.join, at), (end) => go(end, 'comparison'));
        if (depth === 0 && at === this.text.length) ends.add(at);
        if (depth > 0 && this.text[at] === ')') ends.add(at + 1);
      } else {
        const next = expected === 'value' ? 'join' : 'operator';
        this.#then(this.#scalar(at), (end) => go(end, next));
        for (const end of this.#list(at)) go(end, next);
        if (expected === 'comparison' && this.text[at] === '(' && depth < MAX_NESTING) {
          for (const end of this.#chain(at + 1, depth + 1)) go(end, 'join');
        }
      }
      if (open.length + ends.size === before)
        this.#fail(at, expected === 'join' && depth > 0 ? 'inner join' : expected);
    }
    return ends;
  }

  #pass(expected: Expected, go: (next: Expected) => void): void {
    if (!this.areValues) for (const next of ['comparison', 'operator', 'value', 'join'] as const) go(next);
    else if (expected === 'comparison') go('operator');
    else if (expected === 'value') go('join');
  }

  #then(end: number | undefined, go: (end: number) => void): void {
    if (end !== undefined) go(end);
  }

  #fail(at: number, expected: Expected): void {
    if (at < this.at) return;
    if (at > this.at) this.expected.clear();
    this.at = at;
    this.expected.add(expected);
  }

  #match(read: ReadWord, at: number): number | undefined {
    const match = read(this.text, at);
    return match ? at + match[0].length : undefined;
  }

  /** The first character decides what it can be. */
  #scalar(at: number): number | undefined {
    const first = this.text[at] ?? '';
    if (first === '"' || first === "'") return this.#match(WORDS.string, at);
    if (/[\d.+-]/.test(first)) return this.#match(WORDS.real, at) ?? this.#match(WORDS.integer, at);
    return this.#match(WORDS.bool, at) ?? this.#match(WORDS.path, at);
  }

  /** Where a list of values that begins here may end. */
  #list(from: number): Set<number> {
    const ends = new Set<number>();
    if (this.text[from] !== '(') return ends;
    const open: [at: number, isItem: boolean][] = [[from + 1, true]];
    const seen = new Set<string>();
    for (let way = open.pop(); way; way = open.pop()) {
      const [start, isItem] = way;
      const key = `${start} ${isItem}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const at = this.#match(WORDS.blanks, start) ?? start;
      if (this.text[at] === OPEN) {
        if (isItem || !this.areValues) open.push([at + 1, false]);
        if (!this.areValues) open.push([at + 1, true]);
      } else if (isItem) {
        const end = this.#scalar(at);
        if (end === undefined) this.#fail(at, 'value');
        else open.push([end, false]);
      } else if (this.text[at] === ',') {
        open.push([at + 1, true]);
      } else if (this.text[at] === ')') {
        ends.add(at + 1);
      } else {
        this.#fail(at, 'comma');
      }
    }
    return ends;
  }
}
