import { unsupportedError } from '../errors';
import type { Fold } from './characters';
import { categoryOf, characterOf } from './escapes';
import { FLAG_LETTERS, readFlags, TYPES } from './flag-syntax';
import { FLAGS } from './flags';
import {
  type Assertion,
  assertion,
  character,
  choice,
  group,
  type PatternNode,
  refused,
  repeat,
  sequence,
} from './nodes';
import { readCounts } from './quantifiers';
import { Reader } from './reader';
import { parseSet } from './set-syntax';
import { ANY, ANY_BUT_LINE_END, characterSet, literal, type Pay, type SetItem } from './sets';

/** A pattern that was read. */
export interface ParsedPattern {
  root: PatternNode;
  /** Those that were given and those that the pattern itself turns on. */
  flags: number;
  groupCount: number;
  names: ReadonlyMap<string, number>;
}

/**
 * Reads a pattern as Python's `re` does.
 *
 * @throws ExpressionError `value` for what is no pattern, `unsupported`, naming the construct, for one that linear time does
 *   not allow
 */
export function parsePattern(source: string, flags: number, pay: Pay = () => {}): ParsedPattern {
  const parser = new Parser(source, flags, pay);
  const root = parser.whole();
  if (parser.construct) {
    const { text, at } = parser.construct;
    throw unsupportedError(
      `the regular expression '${shown(source)}' has ${text} at position ${at}: look-around, back references and what else ` +
        'needs to go back are not supported, as patterns are matched in a time that grows with the text alone',
    );
  }
  return { root, flags: parser.flags, groupCount: parser.groupCount, names: parser.names };
}

/** Characters of a pattern that a message quotes. */
const MAX_QUOTED = 120;

function shown(source: string): string {
  return source.length > MAX_QUOTED ? `${source.slice(0, MAX_QUOTED)}…` : source;
}

const BLANKS = ' \t\n\r\v\f';
const IDENTIFIER = /^[\p{ID_Start}_]\p{ID_Continue}*$/u;

const ASSERTIONS: ReadonlyMap<string, (flags: number) => Assertion> = new Map<string, (flags: number) => Assertion>([
  ['^', (flags) => (flags & FLAGS.MULTILINE ? 'line-start' : 'text-start')],
  ['$', (flags) => (flags & FLAGS.MULTILINE ? 'line-end' : 'last-line-end')],
  ['\\A', () => 'text-start'],
  ['\\Z', () => 'text-end'],
  ['\\b', (flags) => ({ kind: 'word-edge', isNegated: false, isAscii: isAscii(flags) })],
  ['\\B', (flags) => ({ kind: 'word-edge', isNegated: true, isAscii: isAscii(flags) })],
]);

function isAscii(flags: number): boolean {
  return (flags & FLAGS.ASCII) !== 0;
}

function foldOf(flags: number): Fold {
  if (!(flags & FLAGS.IGNORECASE)) return 'none';
  return isAscii(flags) ? 'ascii' : 'unicode';
}

/** Of a part of the pattern. */
interface Context {
  flags: number;
  isVerbose: boolean;
  /** Nothing was read before: here flags for the whole may stand. */
  isFirst: boolean;
  isOutermost: boolean;
}

class Parser {
  readonly #reader: Reader;
  readonly names = new Map<string, number>();
  /** Widths of the groups that are closed, by their index. */
  readonly #closed = new Map<number, { min: number; max: number }>();
  /** Groups that conditions ask for, and where. */
  readonly #askedFor = new Map<number, number>();
  groupCount = 0;
  /** The first construct that linear time does not allow. */
  construct: { text: string; at: number } | undefined;

  constructor(
    source: string,
    public flags: number,
    private readonly pay: Pay,
  ) {
    this.#reader = new Reader(source);
  }

  whole(): PatternNode {
    const reader = this.#reader;
    if (this.flags & FLAGS.LOCALE) throw reader.error('cannot use LOCALE flag with a str pattern');
    const isVerbose = (this.flags & FLAGS.VERBOSE) !== 0;
    const root = this.#choice({ flags: this.flags, isVerbose, isFirst: true, isOutermost: true });
    if (reader.next !== undefined) throw reader.error('unbalanced parenthesis');
    for (const [index, at] of this.#askedFor) {
      if (index > this.groupCount) throw reader.error(`invalid group reference ${index}`, at);
    }
    if ((this.flags & TYPES) === TYPES) throw reader.error('ASCII and UNICODE flags are incompatible');
    if (!isAscii(this.flags)) this.flags |= FLAGS.UNICODE;
    return root;
  }

  #choice(context: Context): PatternNode {
    const options = [this.#sequence(context)];
    while (this.#reader.skip('|')) {
      // Flags for the whole may have been turned on by the first.
      const own = context.isOutermost ? this.#ofWhole(context) : context;
      options.push(this.#sequence({ ...own, isFirst: false }));
    }
    return choice(options);
  }

  #ofWhole(context: Context): Context {
    return { ...context, flags: this.flags, isVerbose: (this.flags & FLAGS.VERBOSE) !== 0 };
  }

  #sequence(start: Context): PatternNode {
    const reader = this.#reader;
    const items: PatternNode[] = [];
    let context = start;
    for (;;) {
      const one = reader.next;
      if (one === undefined || one === '|' || one === ')') return sequence(items);
      const at = reader.at;
      reader.take();
      if (context.isVerbose && BLANKS.includes(one)) continue;
      if (context.isVerbose && one === '#') {
        for (let skipped = reader.take(); skipped !== undefined && skipped !== '\n'; ) skipped = reader.take();
      } else if ('*+?{'.includes(one)) {
        this.#repeat(items, one, at, context);
      } else if (one === '(') {
        const part = this.#parenthesis({ ...context, isFirst: context.isFirst && items.length === 0 }, at);
        if (part === 'flags') context = this.#ofWhole(context);
        else if (part) items.push(part);
      } else {
        items.push(this.#single(one, at, context.flags));
      }
    }
  }

  #single(one: string, at: number, flags: number): PatternNode {
    const found = ASSERTIONS.get(one)?.(flags);
    if (found) return assertion(found);
    if (one === '.') return character(() => (flags & FLAGS.DOTALL ? ANY : ANY_BUT_LINE_END));
    if (one === '[') return this.#set(at, flags);
    if (!one.startsWith('\\')) return this.#literal(one.codePointAt(0)!, flags);
    return this.#escape(one, at, flags);
  }

  #set(at: number, flags: number): PatternNode {
    const { items, isNegated } = parseSet(this.#reader, at, () => this.#named(at));
    return this.#test(items, isNegated, flags);
  }

  #test(items: SetItem[], isNegated: boolean, flags: number): PatternNode {
    const options = { isNegated, fold: foldOf(flags), isAscii: isAscii(flags) };
    return character(() => characterSet(items, options, this.pay));
  }

  #literal(code: number, flags: number): PatternNode {
    return character(() => literal(code, foldOf(flags)));
  }

  #escape(escaped: string, at: number, flags: number): PatternNode {
    const category = categoryOf(escaped);
    if (category) return this.#test([category], false, flags);
    if (escaped === '\\N') return this.#literal(this.#named(at), flags);
    if (/[1-9]/.test(escaped[1]!)) return this.#digits(escaped, at, flags);
    return this.#literal(characterOf(this.#reader, escaped, at, false), flags);
  }

  /** `\N{…}`: the names of characters are not known here. */
  #named(at: number): number {
    if (!this.#reader.skip('{')) throw this.#reader.error('missing {');
    const name = this.#reader.until('}', 'character name');
    this.#refuse(`a character by its name, \\N{${name}},`, at);
    return 0;
  }

  /** `\123` is a character, `\12` a group. */
  #digits(escaped: string, at: number, flags: number): PatternNode {
    const reader = this.#reader;
    let digits = escaped[1]! + reader.while(/\d/, 1);
    if (/^[0-7]{2}$/.test(digits)) {
      const third = reader.while(/[0-7]/, 1);
      if (third !== '') {
        digits += third;
        const code = Number.parseInt(digits, 8);
        if (code > 0o377) throw reader.error(`octal escape value \\${digits} outside of range 0-0o377`, at);
        return this.#literal(code, flags);
      }
    }
    return this.#reference(Number(digits), `\\${digits}`, at);
  }

  #reference(index: number, text: string, at: number): PatternNode {
    if (index > this.groupCount) throw this.#reader.error(`invalid group reference ${index}`, at + 1);
    const width = this.#closed.get(index);
    if (!width) throw this.#reader.error('cannot refer to an open group', at);
    this.#refuse(`the back reference ${text}`, at);
    return refused(width.min, width.max);
  }

  #refuse(text: string, at: number): void {
    this.construct ??= { text, at };
  }

  #repeat(items: PatternNode[], sign: string, at: number, { flags }: Context): void {
    const reader = this.#reader;
    const counts = readCounts(reader, sign, at);
    if (!counts) {
      items.push(this.#literal(sign.codePointAt(0)!, flags));
      return;
    }
    const body = items.at(-1);
    if (!body || body.kind === 'assertion') throw reader.error('nothing to repeat', at);
    if (body.kind === 'repeat') throw reader.error('multiple repeat', at);
    const isLazy = reader.skip('?');
    if (!isLazy && reader.skip('+')) this.#refuse(`the possessive quantifier ${sign === '{' ? '{…}' : sign}+`, at);
    items[items.length - 1] = repeat(body, counts.least, counts.most, isLazy);
  }

  /** What an opening parenthesis begins: a part; flags for the whole; nothing, for a comment. */
  #parenthesis(context: Context, at: number): PatternNode | 'flags' | undefined {
    const reader = this.#reader;
    if (!reader.skip('?')) return this.#group(context, at);
    const sign = reader.take();
    switch (sign) {
      case undefined:
        throw reader.error('unexpected end of pattern');
      case 'P':
        return this.#extension(context, at);
      case ':':
        return this.#inner(context, at);
      case '#':
        return this.#comment(at);
      case '=':
      case '!':
        this.#refuse(`the look-ahead (?${sign}…)`, at);
        return this.#around(context, at);
      case '<':
        return this.#lookBehind(context, at);
      case '(':
        return this.#conditional(context, at);
      case '>':
        this.#refuse('the atomic group (?>…)', at);
        return this.#inner(context, at);
      default:
        if (sign !== '-' && !FLAG_LETTERS.has(sign)) throw reader.error(`unknown extension ?${sign}`, at + 1);
        return this.#flags(sign, context, at);
    }
  }

  #close(at: number): void {
    if (!this.#reader.skip(')')) throw this.#reader.error('missing ), unterminated subpattern', at);
  }

  /** What stands between the parentheses, as one item: a quantifier behind them counts for all of it. */
  #inner(context: Context, at: number): PatternNode {
    const body = this.#choice({ ...context, isFirst: false, isOutermost: false });
    this.#close(at);
    return body.kind === 'sequence' ? body : sequence([body]);
  }

  #group(context: Context, at: number, name?: string): PatternNode {
    const index = ++this.groupCount;
    if (name !== undefined) {
      if (this.names.has(name)) throw this.#reader.error(`redefinition of group name '${name}'`, at);
      this.names.set(name, index);
    }
    const body = this.#inner(context, at);
    this.#closed.set(index, body);
    return group(body, index);
  }

  #extension(context: Context, at: number): PatternNode {
    const reader = this.#reader;
    if (reader.skip('<')) return this.#group(context, at, this.#name('>'));
    if (reader.skip('=')) {
      const name = this.#name(')');
      const index = this.names.get(name);
      if (index === undefined) throw reader.error(`unknown group name '${name}'`, at);
      return this.#reference(index, `(?P=${name})`, at);
    }
    throw reader.error(`unknown extension ?P${reader.next ?? ''}`, at + 1);
  }

  #name(end: string): string {
    const at = this.#reader.at;
    const name = this.#reader.until(end, 'group name');
    if (!IDENTIFIER.test(name)) throw this.#reader.error(`bad character in group name '${name}'`, at);
    return name;
  }

  #comment(at: number): undefined {
    for (;;) {
      const one = this.#reader.take();
      if (one === undefined) throw this.#reader.error('missing ), unterminated comment', at);
      if (one === ')') return undefined;
    }
  }

  #around(context: Context, at: number): PatternNode {
    this.#inner(context, at);
    return refused(0, 0);
  }

  #lookBehind(context: Context, at: number): PatternNode {
    const reader = this.#reader;
    const sign = reader.take();
    if (sign === undefined) throw reader.error('unexpected end of pattern');
    if (sign !== '=' && sign !== '!') throw reader.error(`unknown extension ?<${sign}`, at + 1);
    this.#refuse(`the look-behind (?<${sign}…)`, at);
    const body = this.#inner(context, at);
    if (body.min !== body.max) throw reader.error('look-behind requires fixed-width pattern', at);
    return refused(0, 0);
  }

  #conditional(context: Context, at: number): PatternNode {
    const reader = this.#reader;
    const name = reader.until(')', 'group name');
    const index = IDENTIFIER.test(name) ? this.names.get(name) : /^\d+$/.test(name) ? Number(name) : 0;
    if (!index) throw reader.error(`unknown group '${name}'`, at);
    this.#askedFor.set(index, at);
    this.#refuse(`the condition (?(${name})…)`, at);
    const inner = { ...context, isFirst: false, isOutermost: false };
    const options = [this.#sequence(inner)];
    options.push(reader.skip('|') ? this.#sequence(inner) : sequence([]));
    if (reader.next === '|') throw reader.error('conditional backref with more than two branches');
    this.#close(at);
    const { min, max } = choice(options);
    return refused(min, max);
  }

  #flags(first: string, context: Context, at: number): PatternNode | 'flags' {
    const reader = this.#reader;
    const [on, end] = first === '-' ? [0, '-'] : readFlags(reader, first, '-:)');
    if ((on & TYPES) === TYPES) throw reader.error("flags 'a' and 'u' are incompatible", at);
    if (end === ')') {
      if (!context.isFirst) throw reader.error('global flags not at the start of the expression', at);
      this.flags |= on;
      return 'flags';
    }
    const off = end === '-' ? readFlags(reader, reader.take(), ':')[0] : 0;
    if (off & TYPES) throw reader.error("cannot turn off flags 'a' and 'u'", at);
    if (on & off) throw reader.error('flag turned on and off', at);
    const kept = on & TYPES ? context.flags & ~TYPES : context.flags;
    const flags = (kept | on) & ~off;
    const isVerbose = (context.isVerbose || (on & FLAGS.VERBOSE) !== 0) && (off & FLAGS.VERBOSE) === 0;
    return this.#inner({ ...context, flags, isVerbose }, at);
  }
}
