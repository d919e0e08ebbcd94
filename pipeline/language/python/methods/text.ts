import { asNumber } from '../compare';
import { typeError, valueError } from '../errors';
import { type BoundArguments, type Method, methodTable, type Run } from '../functions';
import type { Meter } from '../limits';
import { isInt, requireInt, toIndex } from '../numbers';
import { languageOf } from '../rules';
import { characters, iterate, textLength } from '../sequences';
import {
  CLASSIFIED,
  dictOf,
  entriesOf,
  isDict,
  isPrintable,
  PyBytes,
  PyDict,
  PyTuple,
  type PyValue,
  typeName,
} from '../values';
import { encodeText } from './bytes';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const BLANK = /[\s\x1c-\x1f\x85]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const LINE_END = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/g;

/** Python's str.isspace() of one character: JavaScript's \s plus four separators and NEL, without the BOM. */
export function isBlank(character: string): boolean {
  return BLANK.test(character) && character !== '\ufeff';
}

function requireText(value: PyValue | undefined, what: string): string {
  if (typeof value !== 'string')
    throw typeError(`${what} must be str, not ${value === undefined ? '' : typeName(value)}`);
  return value;
}

function optionalInt(value: PyValue | undefined, missing: number): number {
  return value === undefined || value === null ? missing : requireInt(value, 'argument');
}

/** Units of work for a part of a text, and for a character that is changed. */
const PART = 6;
const CHANGED = 12;

type Side = 'left' | 'right' | 'both';

function strip(side: Side): Method<string> {
  return (self, args, run) => {
    const [chars] = args.bind('chars?');
    const set =
      chars === undefined || chars === null ? undefined : new Set(characters(requireText(chars, 'chars'), run.meter));
    const drop = (character: string): boolean => (set ? set.has(character) : isBlank(character));
    const items = characters(self, run.meter);
    run.meter.charge(self.length * CLASSIFIED);
    let start = 0;
    let end = items.length;
    if (side !== 'right') while (start < end && drop(items[start]!)) start++;
    if (side !== 'left') while (end > start && drop(items[end - 1]!)) end--;
    return items.slice(start, end).join('');
  };
}

/** str.strip() without an argument, for filters. */
export function trimText(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start]!)) start++;
  while (end > start && isBlank(text[end - 1]!)) end--;
  return text.slice(start, end);
}

/** Position range given as `start`, `end` in characters, in UTF-16 units. */
function window(self: string, start: PyValue | undefined, end: PyValue | undefined, meter: Meter): [number, number] {
  if (start === undefined && end === undefined) return [0, self.length];
  const items = characters(self, meter);
  // The text before either end is put together again to be measured.
  meter.split(self);
  const clamp = (value: number): number =>
    Math.min(Math.max(value < 0 ? value + items.length : value, 0), items.length);
  const from = optionalInt(start, 0);
  if (from > items.length) return [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const units = (count: number): number => items.slice(0, count).join('').length;
  return [units(clamp(from)), units(clamp(optionalInt(end, items.length)))];
}

function find(direction: 'first' | 'last', missing: 'minus one' | 'error'): Method<string> {
  return (self, args, run) => {
    const [sub, start, end] = args.bind('sub', 'start?', 'end?');
    const part = requireText(sub, 'sub');
    run.meter.search(self, part);
    const [from, to] = window(self, start, end, run.meter);
    const area = to < from ? undefined : self.slice(from, to);
    const at = area === undefined ? -1 : direction === 'first' ? area.indexOf(part) : area.lastIndexOf(part);
    if (at < 0 && missing === 'error') throw valueError('substring not found');
    return at < 0 ? -1 : textLength(self.slice(0, from + at), run.meter);
  };
}

function affix(test: 'startsWith' | 'endsWith'): Method<string> {
  return (self, args, run) => {
    const [affixes, start, end] = args.bind('prefix', 'start?', 'end?');
    const [from, to] = window(self, start, end, run.meter);
    if (to < from) return false;
    const area = self.slice(from, to);
    const list = affixes instanceof PyTuple ? affixes.items : [affixes as PyValue];
    run.meter.items(list.length);
    return list.some((item) => {
      const text = requireText(item, 'prefix');
      run.meter.scan(text.length);
      return area[test](text);
    });
  };
}

function split(side: 'left' | 'right'): Method<string> {
  return (self, args, run) => {
    const [sep, maxsplit] = args.bind('sep?', 'maxsplit?');
    const limit = optionalInt(maxsplit, -1);
    const parts =
      sep === undefined || sep === null
        ? blankParts(self, limit, side, run.meter)
        : separatedParts(self, requireText(sep, 'sep'), limit, side, run.meter);
    run.meter.items(parts.length);
    return parts;
  };
}

function blankParts(self: string, limit: number, side: 'left' | 'right', meter: Meter): string[] {
  // As many parts as there can be.
  meter.charge(self.length * PART);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  if (limit < 0) return self.split(/[\s\x1c-\x1f\x85]+/u).filter((part) => part !== '');
  meter.charge(self.length * CLASSIFIED);
  return splitBlanksLimited(characters(self, meter), limit, side);
}

/** With a limit, the part where splitting stopped keeps its blanks on the far side. */
function splitBlanksLimited(items: string[], limit: number, side: 'left' | 'right'): string[] {
  const source = side === 'left' ? items : [...items].reverse();
  const parts: string[] = [];
  const finish = (part: string[]): string => (side === 'left' ? part : part.reverse()).join('');
  let at = 0;
  const skipBlanks = (): void => {
    while (at < source.length && isBlank(source[at]!)) at++;
  };
  for (skipBlanks(); at < source.length; skipBlanks()) {
    if (parts.length >= limit) {
      parts.push(finish(source.slice(at)));
      break;
    }
    const start = at;
    while (at < source.length && !isBlank(source[at]!)) at++;
    parts.push(finish(source.slice(start, at)));
  }
  return side === 'left' ? parts : parts.reverse();
}

function separatedParts(
  self: string,
  separator: string,
  limit: number,
  side: 'left' | 'right',
  meter: Meter,
): string[] {
  if (separator === '') throw valueError('empty separator');
  meter.search(self, separator);
  meter.charge((self.length / separator.length) * PART);
  const parts = self.split(separator);
  if (limit < 0 || parts.length <= limit + 1) return parts;
  return side === 'left'
    ? [...parts.slice(0, limit), parts.slice(limit).join(separator)]
    : [parts.slice(0, parts.length - limit).join(separator), ...parts.slice(parts.length - limit)];
}

function partition(side: 'left' | 'right'): Method<string> {
  return (self, args, run) => {
    const [sep] = args.bind('sep');
    const separator = requireText(sep, 'sep');
    if (separator === '') throw valueError('empty separator');
    run.meter.search(self, separator);
    const at = side === 'left' ? self.indexOf(separator) : self.lastIndexOf(separator);
    if (at < 0) return new PyTuple(side === 'left' ? [self, '', ''] : ['', '', self]);
    return new PyTuple([self.slice(0, at), separator, self.slice(at + separator.length)]);
  };
}

function splitLines(self: string, args: BoundArguments, run: Run): PyValue {
  const [keepends] = args.bind('keepends?');
  run.meter.charge(self.length * CLASSIFIED);
  const lines: string[] = [];
  let at = 0;
  for (const match of self.matchAll(LINE_END)) {
    lines.push(self.slice(at, match.index) + (keepends ? match[0] : ''));
    at = match.index + match[0].length;
    run.meter.grow(lines.length);
  }
  if (at < self.length) lines.push(self.slice(at));
  return lines;
}

function replace(self: string, args: BoundArguments, run: Run): PyValue {
  const [oldText, newText, count] = args.bind('old', 'new', 'count?');
  const from = requireText(oldText, 'old');
  const to = requireText(newText, 'new');
  const limit = optionalInt(count, -1);
  if (from === '') {
    const between = textLength(self, run.meter) + 1;
    const times = limit < 0 ? between : Math.min(between, limit);
    run.meter.produce(self.length + times * to.length);
    return insertBetween(self, to, times, run.meter);
  }
  const found = separatedParts(self, from, -1, 'left', run.meter).length - 1;
  const times = limit < 0 ? found : Math.min(found, limit);
  run.meter.produce(self.length + times * Math.max(0, to.length - from.length));
  return separatedParts(self, from, times, 'left', run.meter).join(to);
}

function insertBetween(self: string, text: string, times: number, meter: Meter): string {
  const items = characters(self, meter);
  const out = items.map((item, index) => (index < times ? text + item : item)).join('');
  return times > items.length ? out + text : out;
}

function justify(side: 'left' | 'right' | 'center'): Method<string> {
  return (self, args, run) => {
    const [width, fill] = args.bind('width', 'fillchar?');
    const character = fill === undefined ? ' ' : requireText(fill, 'fillchar');
    if (textLength(character, run.meter) !== 1)
      throw typeError('The fill character must be exactly one character long');
    const length = textLength(self, run.meter);
    const missing = Math.max(0, requireInt(width as PyValue, 'width') - length);
    run.meter.produce(self.length + missing * character.length);
    if (side === 'left') return self + character.repeat(missing);
    if (side === 'right') return character.repeat(missing) + self;
    // CPython: the odd blank goes left when the width is odd too.
    const total = missing + length;
    const left = Math.floor(missing / 2) + (missing & total & 1);
    return character.repeat(left) + self + character.repeat(missing - left);
  };
}

function zfill(self: string, args: BoundArguments, run: Run): PyValue {
  const [width] = args.bind('width');
  const missing = Math.max(0, requireInt(width as PyValue, 'width') - textLength(self, run.meter));
  run.meter.produce(self.length + missing);
  const sign = /^[+-]/.test(self) ? self[0]! : '';
  return sign + '0'.repeat(missing) + self.slice(sign.length);
}

function join(self: string, args: BoundArguments, run: Run): PyValue {
  const [items] = args.bind('iterable');
  const parts = iterate(items as PyValue, run.meter);
  let length = 0;
  for (const part of parts) length += requireText(part, 'sequence item').length + self.length;
  run.meter.charge(parts.length * PART);
  run.meter.produce(length);
  return parts.join(self);
}

/** True when the text is not empty and every character passes. */
function every(test: (character: string) => boolean): Method<string> {
  return (self, args, run) => {
    args.bind();
    run.meter.charge(self.length * CLASSIFIED);
    return self !== '' && characters(self, run.meter).every(test);
  };
}

function cased(is: (text: string, run: Run) => boolean): Method<string> {
  return (self, args, run) => {
    args.bind();
    run.meter.charge(self.length * CLASSIFIED);
    return /[\p{Lu}\p{Ll}\p{Lt}]/u.test(self) && is(self, run);
  };
}

function mapped(change: (self: string, run: Run) => string): Method<string> {
  return (self, args, run) => {
    args.bind();
    run.meter.produce(self.length);
    run.meter.charge(self.length * CHANGED);
    return change(self, run);
  };
}

/** A word is what has case, so that a letter without begins a new one; by the first rules it is what is a letter. */
function title(self: string, { ambient }: Pick<Run, 'ambient'>): string {
  return self.replace(wordsOf(ambient), (word) => {
    const [first, ...rest] = Array.from(word);
    return upper(first!) + rest.join('').toLowerCase();
  });
}

function wordsOf(ambient: Run['ambient']): RegExp {
  return languageOf(ambient) === 1 ? /\p{L}+/gu : /\p{Cased}+/gu;
}

function upper(text: string): string {
  return text.toUpperCase();
}

function capitalize(self: string): string {
  const [first, ...rest] = Array.from(self);
  return first === undefined ? '' : upper(first) + rest.join('').toLowerCase();
}

function swapCase(self: string): string {
  return Array.from(self, (character) =>
    character === character.toUpperCase() ? character.toLowerCase() : character.toUpperCase(),
  ).join('');
}

function isTitle(self: string, run: Run): boolean {
  const words = self.match(wordsOf(run.ambient)) ?? [];
  return /[\p{Lu}\p{Lt}]/u.test(self) && words.every((word) => title(word, run) === word);
}

function expandTabs(self: string, args: BoundArguments, run: Run): PyValue {
  const [tabsize] = args.bind('tabsize?');
  const size = optionalInt(tabsize, 8);
  const tabs = separatedParts(self, '\t', -1, 'left', run.meter).length - 1;
  run.meter.produce(self.length + tabs * Math.max(0, size));
  run.meter.charge(self.length * CHANGED);
  let column = 0;
  return characters(self, run.meter)
    .map((character) => {
      if (character === '\n' || character === '\r') column = 0;
      else if (character !== '\t') column++;
      else if (size > 0) {
        const blanks = size - (column % size);
        column += blanks;
        return ' '.repeat(blanks);
      } else return '';
      return character;
    })
    .join('');
}

function count(self: string, args: BoundArguments, run: Run): PyValue {
  const [sub, start, end] = args.bind('sub', 'start?', 'end?');
  const part = requireText(sub, 'sub');
  const [from, to] = window(self, start, end, run.meter);
  if (to < from) return 0;
  const area = self.slice(from, to);
  return part === '' ? textLength(area, run.meter) + 1 : separatedParts(area, part, -1, 'left', run.meter).length - 1;
}

function encode(self: string, args: BoundArguments, run: Run): PyValue {
  const [encoding, errors] = args.bind('encoding?', 'errors?');
  const name = encoding === undefined ? 'utf-8' : requireText(encoding, 'encoding');
  return new PyBytes(
    encodeText(self, run.meter, name, errors === undefined ? 'strict' : requireText(errors, 'errors')),
  );
}

function removeAffix(side: 'prefix' | 'suffix'): Method<string> {
  return (self, args) => {
    const [affixValue] = args.bind(side);
    const text = requireText(affixValue, side);
    if (side === 'prefix') return self.startsWith(text) ? self.slice(text.length) : self;
    return text !== '' && self.endsWith(text) ? self.slice(0, -text.length) : self;
  };
}

function translate(self: string, args: BoundArguments, run: Run): PyValue {
  const [table] = args.bind('table');
  if (!isDict(table as PyValue)) throw typeError('the table must be a dict');
  const { meter } = run;
  const map = dictOf(table as PyDict, meter);
  let length = 0;
  const out = characters(self, meter).map((character) => {
    const to = map.get(character.codePointAt(0)!, meter);
    const part = to === undefined ? character : to === null ? '' : translated(to);
    length += part.length;
    return part;
  });
  meter.produce(length);
  return out.join('');
}

function translated(to: PyValue): string {
  if (!isInt(to)) return requireText(to, 'character mapping');
  const code = toIndex(to);
  if (code < 0 || code > 0x10ffff) throw valueError('character mapping must be in range(0x110000)');
  return String.fromCodePoint(code);
}

/** `str.maketrans(…)`. */
export function makeTranslation(args: BoundArguments, run: Run): PyValue {
  const [from, to, drop] = args.bind('x', 'y?', 'z?');
  const { meter } = run;
  const table = new PyDict();
  if (to === undefined) {
    if (!isDict(from as PyValue)) throw typeError('maketrans needs a dict');
    for (const [key, value] of entriesOf(from as PyDict, meter)) {
      table.set(typeof key === 'string' ? (key.codePointAt(0) ?? 0) : (asNumber(key) ?? 0), value, meter);
    }
    return table;
  }
  const source = characters(requireText(from, 'x'), meter);
  const target = characters(requireText(to, 'y'), meter);
  if (source.length !== target.length) throw valueError('the first two maketrans arguments must have equal length');
  source.forEach((character, index) => {
    table.set(character.codePointAt(0)!, target[index]!.codePointAt(0)!, meter);
  });
  for (const character of characters(drop === undefined ? '' : requireText(drop, 'z'), meter)) {
    table.set(character.codePointAt(0)!, null, meter);
  }
  return table;
}

const isDecimal = (character: string): boolean => /^\p{Nd}$/u.test(character);
const isDigit = (character: string): boolean => /^[\p{Nd}²³¹⁰⁴-⁹₀-₉]$/u.test(character);
const isNumeric = (character: string): boolean => /^[\p{N}一二三四五六七八九十百千万億零〇]$/u.test(character);
const isAlpha = (character: string): boolean => /^\p{L}$/u.test(character);

/** Methods of str, but for `format` and `format_map`, which the sandbox forbids (bk-sops §4.1). */
export const TEXT_METHODS = methodTable<string>({
  capitalize: mapped(capitalize),
  casefold: mapped((self) => self.toLowerCase().replaceAll('ß', 'ss')),
  center: justify('center'),
  count,
  encode,
  endswith: affix('endsWith'),
  expandtabs: expandTabs,
  find: find('first', 'minus one'),
  index: find('first', 'error'),
  isalnum: every((character) => isAlpha(character) || isNumeric(character) || isDigit(character)),
  isalpha: every(isAlpha),
  isascii: (self, args, run) => {
    args.bind();
    run.meter.scan(self.length);
    return /^[\0-\x7f]*$/.test(self);
  },
  isdecimal: every(isDecimal),
  isdigit: every(isDigit),
  isidentifier: (self, args, run) => {
    args.bind();
    run.meter.charge(self.length * CLASSIFIED);
    return /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*$/u.test(self);
  },
  islower: cased((self) => !/[\p{Lu}\p{Lt}]/u.test(self)),
  isnumeric: every(isNumeric),
  isprintable: (self, args, run) => {
    args.bind();
    run.meter.charge(self.length * CLASSIFIED);
    return characters(self, run.meter).every(isPrintable);
  },
  isspace: every(isBlank),
  istitle: cased(isTitle),
  isupper: cased((self) => !/[\p{Ll}\p{Lt}]/u.test(self)),
  join,
  ljust: justify('left'),
  lower: mapped((self) => self.toLowerCase()),
  lstrip: strip('left'),
  maketrans: (_self, args, run) => makeTranslation(args, run),
  partition: partition('left'),
  removeprefix: removeAffix('prefix'),
  removesuffix: removeAffix('suffix'),
  replace,
  rfind: find('last', 'minus one'),
  rindex: find('last', 'error'),
  rjust: justify('right'),
  rpartition: partition('right'),
  rsplit: split('right'),
  rstrip: strip('right'),
  split: split('left'),
  splitlines: splitLines,
  startswith: affix('startsWith'),
  strip: strip('both'),
  swapcase: mapped(swapCase),
  title: mapped(title),
  translate,
  upper: mapped(upper),
  zfill,
});
