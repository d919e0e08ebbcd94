import { CLASSIFIED, isBlank } from '../../characters';
import { valueError } from '../../errors';
import type { BoundArguments, Method, Run } from '../../functions';
import type { Meter } from '../../limits';
import { characters } from '../../sequences';
import { PyTuple, type PyValue } from '../../values';
import { optionalInt, PART, requireText } from './arguments';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const LINE_END = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/g;

type Side = 'left' | 'right' | 'both';

export function strip(side: Side): Method<string> {
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

export function split(side: 'left' | 'right'): Method<string> {
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

export function separatedParts(
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

export function partition(side: 'left' | 'right'): Method<string> {
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

export function splitLines(self: string, args: BoundArguments, run: Run): PyValue {
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

export function removeAffix(side: 'prefix' | 'suffix'): Method<string> {
  return (self, args) => {
    const [affixValue] = args.bind(side);
    const text = requireText(affixValue, side);
    if (side === 'prefix') return self.startsWith(text) ? self.slice(text.length) : self;
    return text !== '' && self.endsWith(text) ? self.slice(0, -text.length) : self;
  };
}
