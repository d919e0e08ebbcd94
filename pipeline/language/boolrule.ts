import { asNumber, compareBy, equal } from './python/compare';
import { isDict, isEmptyDict, isPlainDict } from './python/dicts';
import { ExpressionError, isFinal, limitError, syntaxError, typeError, valueError } from './python/errors';
import type { Meter } from './python/limits';
import { parseInteger } from './python/number-text';
import { makeFloat, truncate } from './python/numbers';
import { iterate } from './python/sequences';
import { textOf } from './python/value-text';
import { PySet, type PyValue, typeName } from './python/values';
import { type ReadWord, type RuleOperator, WORDS } from './rule-tokens';

/** A rendered rule can hold a variable's long text; nothing sensible is longer than this. */
const MAX_RULE_LENGTH = 1_000_000;
const MAX_RULE_NESTING = 100;
/** Units of work to read one character of a rule. */
const READ = 20;

type RuleValue =
  | { kind: 'value'; value: PyValue }
  | { kind: 'path'; path: string }
  | { kind: 'list'; items: RuleValue[] };

type Rule =
  | { kind: 'compare'; left: RuleValue; operator: RuleOperator; right: RuleValue }
  | { kind: 'chain'; first: Rule; rest: ['and' | 'or', Rule][] };

const WHITESPACE_ESCAPES: Record<string, string> = { '\\t': '\t', '\\n': '\n', '\\f': '\f', '\\r': '\r' };

/** The reader of bk-sops §5.1: ordered choice with one step back, as the original's grammar. */
class RuleParser {
  #at = 0;
  #depth = 0;

  constructor(
    readonly text: string,
    readonly meter: Meter,
  ) {}

  whole(): Rule {
    const rule = this.#chain();
    this.#blanks();
    if (this.#at < this.text.length) throw this.#unexpected();
    return rule;
  }

  #unexpected(): ExpressionError {
    return syntaxError(`unexpected '${this.text.slice(this.#at, this.#at + 20) || 'end of text'}' at ${this.#at}`);
  }

  #blanks(): void {
    if (this.text.charCodeAt(this.#at) > 0x20) return;
    this.#at += WORDS.blanks(this.text, this.#at)![0].length;
  }

  #match(read: ReadWord): RegExpExecArray | undefined {
    this.#blanks();
    const match = read(this.text, this.#at);
    if (match) this.#at += match[0].length;
    return match ?? undefined;
  }

  #take(character: string): boolean {
    this.#blanks();
    if (this.text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #chain(): Rule {
    if (++this.#depth > MAX_RULE_NESTING)
      throw limitError(`a condition of more than the limit of ${MAX_RULE_NESTING} levels`);
    const first = this.#condition();
    const rest: ['and' | 'or', Rule][] = [];
    for (let join = this.#match(WORDS.join); join; join = this.#match(WORDS.join)) {
      rest.push([join[1]!.toLowerCase() as 'and' | 'or', this.#condition()]);
    }
    this.#depth--;
    return rest.length === 0 ? first : { kind: 'chain', first, rest };
  }

  #condition(): Rule {
    this.#blanks();
    const start = this.#at;
    const left = this.#value();
    const operator = left && this.#match(WORDS.operator)?.[0];
    if (left && operator) {
      const right = this.#value();
      if (!right) throw this.#unexpected();
      return { kind: 'compare', left, operator: operator.toLowerCase() as RuleOperator, right };
    }
    // Not a comparison: `(1, 2)` may have been the begin of `(1 == 2)`.
    const reached = this.#at;
    this.#at = start;
    if (!this.#take('(')) {
      this.#at = reached;
      throw this.#unexpected();
    }
    const inner = this.#chain();
    if (!this.#take(')')) throw this.#unexpected();
    return inner;
  }

  #value(): RuleValue | undefined {
    return this.#scalar() ?? this.#list();
  }

  /** The first character decides which kinds can follow: trying all of them would double the cost of a rule. */
  #scalar(): RuleValue | undefined {
    this.#blanks();
    const first = this.text[this.#at] ?? '';
    if (first === '"' || first === "'") {
      const string = this.#match(WORDS.string);
      return string && { kind: 'value', value: unescapeBlanks(string[1] ?? string[2]!) };
    }
    if (/[\d.+-]/.test(first)) return this.#number();
    const bool = this.#match(WORDS.bool);
    if (bool) return { kind: 'value', value: bool[0].toLowerCase() === 'true' };
    const path = this.#match(WORDS.path);
    return path && { kind: 'path', path: path[0] };
  }

  #number(): RuleValue | undefined {
    const real = this.#match(WORDS.real);
    if (real) return { kind: 'value', value: makeFloat(Number(real[0])) };
    const integer = this.#match(WORDS.integer);
    // `1e3` is read as an integer, which the conversion then refuses.
    return integer && { kind: 'value', value: parseInteger(integer[0], this.meter) };
  }

  #list(): RuleValue | undefined {
    const start = this.#at;
    if (!this.#take('(')) return undefined;
    const items: RuleValue[] = [];
    let item = this.#scalar();
    while (item) {
      items.push(item);
      if (this.#take(')')) return { kind: 'list', items };
      item = this.#take(',') ? this.#scalar() : undefined;
    }
    this.#at = start;
    return undefined;
  }
}

function unescapeBlanks(text: string): string {
  return text.includes('\\') ? text.replace(/\\[tnfr]/g, (pair) => WHITESPACE_ESCAPES[pair]!) : text;
}

/** Tabs count as blanks up to the next multiple of eight, even inside quotes: the original reads rules that way. */
function expandTabs(text: string): string {
  if (!text.includes('\t')) return text;
  let column = 0;
  let out = '';
  for (const character of text) {
    if (character === '\t') {
      const blanks = 8 - (column % 8);
      out += ' '.repeat(blanks);
      column += blanks;
    } else {
      out += character;
      column = character === '\n' || character === '\r' ? 0 : column + 1;
    }
  }
  return out;
}

/**
 * Evaluates a rule (bk-sops §5). Throws ExpressionError: `syntax` before anything is evaluated, then `type`, `value` or
 * `missing_variable`. Without a context (or with an empty one) a path is its own text.
 */
export function testRule(text: string, context: PyValue | undefined, meter: Meter): boolean {
  if (text === '*') return true;
  if (text.length > MAX_RULE_LENGTH)
    throw limitError(`a condition of ${text.length} characters, over the limit of ${MAX_RULE_LENGTH}`);
  meter.charge(text.length * READ);
  const rule = new RuleParser(expandTabs(text), meter).whole();
  const lookUp = isEmpty(context) ? (path: string): PyValue => path : (path: string) => resolvePath(path, context!);
  return holds(rule, lookUp, meter);
}

function isEmpty(context: PyValue | undefined): boolean {
  return context === undefined || context === null || (isPlainDict(context) && isEmptyDict(context));
}

/** Left to right, leaving at the first `or` after true and the first `and` after false (bk-sops §5.3). */
function holds(rule: Rule, lookUp: (path: string) => PyValue, meter: Meter): boolean {
  meter.step();
  if (rule.kind === 'compare') {
    return compare(rule.operator, operandOf(rule.left, lookUp), operandOf(rule.right, lookUp), meter);
  }
  let result = holds(rule.first, lookUp, meter);
  for (const [join, next] of rule.rest) {
    if (result === (join === 'or')) return result;
    result = holds(next, lookUp, meter);
  }
  return result;
}

function operandOf(value: RuleValue, lookUp: (path: string) => PyValue): PyValue {
  switch (value.kind) {
    case 'value':
      return value.value;
    case 'path':
      return lookUp(value.path);
    case 'list':
      return value.items.map((item) => operandOf(item, lookUp));
    default:
      return value satisfies never;
  }
}

function resolvePath(path: string, context: PyValue): PyValue {
  let value = context;
  for (const key of path.split('.')) {
    if (!isPlainDict(value)) throw typeError(`'${typeName(value)}' object is not subscriptable`);
    const next = Object.hasOwn(value, key) ? value[key] : undefined;
    if (next === undefined) throw new ExpressionError('missing_variable', `no value supplied for ${path}`);
    value = next;
  }
  return value;
}

function compare(operator: RuleOperator, left: PyValue, right: PyValue, meter: Meter): boolean {
  switch (operator) {
    case '==':
      return equal(...coerce(left, right, meter), meter);
    case '!=':
      return !equal(...coerce(left, right, meter), meter);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compareBy(operator, ...coerce(left, right, meter), meter);
    case 'in':
      return isIn(left, right, meter);
    case 'notin':
      return !isIn(left, right, meter);
    case 'issuperset':
      return isSuperset(left, right, meter);
    case 'notissuperset':
      return !isSuperset(left, right, meter);
    default:
      return operator satisfies never;
  }
}

function isInteger(value: PyValue): boolean {
  const number = asNumber(value);
  return number !== undefined && typeName(value) !== 'float';
}

function toInteger(value: PyValue, meter: Meter): PyValue {
  if (typeof value === 'string') return parseInteger(value, meter, 10, valueError);
  const number = asNumber(value);
  if (number === undefined) throw typeError(`int() argument must not be '${typeName(value)}'`);
  return truncate(number);
}

/** bk-sops §5.2; a conversion that fails leaves the values as they were up to then. */
function coerce(left: PyValue, right: PyValue, meter: Meter): [PyValue, PyValue] {
  let [a, b] = [left, right];
  try {
    if (isInteger(a)) b = toInteger(b, meter);
    else if (isInteger(b)) a = toInteger(a, meter);
    if (typeof a === 'string') b = textOf(b, meter);
    else if (typeof b === 'string') a = textOf(a, meter);
  } catch (error) {
    if (isFinal(error)) throw error;
    // The comparison decides what becomes of values of different types.
  }
  return [a, b];
}

function isIn(item: PyValue, container: PyValue, meter: Meter): boolean {
  if (typeof container === 'string') {
    if (typeof item !== 'string') throw typeError(`'in <string>' requires string as left operand`);
    meter.search(container, item);
    return container.includes(item);
  }
  if (isDict(container)) return typeof item === 'string' && isPlainDict(container) && Object.hasOwn(container, item);
  if (!Array.isArray(container)) throw typeError(`argument of type '${typeName(container)}' is not iterable`);
  meter.items(container.length);
  return container.some((candidate) => equal(item, candidate, meter) || equalAsItem(item, candidate, meter));
}

/** Items are compared as ints with an int and as text with a text, besides as they are. */
function equalAsItem(item: PyValue, candidate: PyValue, meter: Meter): boolean {
  if (typeof item === 'string') return equal(item, textOf(candidate, meter), meter);
  if (!isInteger(item)) return false;
  try {
    return equal(item, toInteger(candidate, meter), meter);
  } catch (error) {
    if (isFinal(error)) throw error;
    return false;
  }
}

function isSuperset(left: PyValue, right: PyValue, meter: Meter): boolean {
  const setOf = (value: PyValue): PySet => PySet.of(typeof value === 'string' ? [value] : iterate(value, meter), meter);
  const [big, small] = [setOf(left), setOf(right)];
  return small.items(meter).every((item) => big.has(item, meter));
}
