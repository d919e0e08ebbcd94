import { RE2JS } from 're2js';
import { limitError, valueError } from '../errors';
import type { Run } from '../functions';
import { encodeText } from '../methods/bytes';

/** Flags with the values that Python gives them. */
export const FLAGS = { IGNORECASE: 2, MULTILINE: 8, DOTALL: 16, ASCII: 256 } as const;

const MAX_PATTERN_LENGTH = 1000;
/** All `{n,m}` of a pattern together: each copies its part of the program. */
const MAX_REPEATS = 2000;
const MAX_TEXT_LENGTH = 200_000;
/** Characters of text count this much more for a regex than for a plain search. */
const SCAN_COST = 12;
/** Units of work to compile one character of a pattern. */
const COMPILED = 400;
const INSTRUCTIONS_PER_COST = 50;

/** A compiled pattern: RE2, so that no pattern can take more than linear time. */
export interface Pattern {
  source: string;
  flags: number;
  regex: RE2JS;
  groupCount: number;
  names: ReadonlyMap<string, number>;
}

/** Compiles a Python pattern. Look-ahead and back references do not exist in RE2: a value error. */
export function compilePattern(source: string, flags: number, run: Pick<Run, 'meter' | 'patterns'>): Pattern {
  const key = `${flags} ${source}`;
  const known = run.patterns.get(key) as Pattern | undefined;
  if (known) return known;
  if (source.length > MAX_PATTERN_LENGTH)
    throw limitError(`a pattern of ${source.length} characters, over the limit of ${MAX_PATTERN_LENGTH}`);
  const repeats = source.match(/\{\d*,?\d+/g)?.reduce((sum, part) => sum + Number(/\d+$/.exec(part)![0]), 0) ?? 0;
  if (repeats > MAX_REPEATS)
    throw limitError(`a pattern with ${repeats} repetitions, over the limit of ${MAX_REPEATS}`);
  run.meter.charge((source.length + repeats) * COMPILED);
  let regex: RE2JS;
  try {
    regex = RE2JS.compile(translate(source, flags), nativeFlags(flags));
  } catch (cause) {
    throw valueError(`bad pattern: ${cause instanceof Error ? cause.message : 'unknown'}`);
  }
  const names = new Map(Object.entries(regex.namedGroups() as Record<string, number>));
  const pattern = { source, flags, regex, groupCount: regex.groupCount(), names };
  run.patterns.set(key, pattern);
  return pattern;
}

function nativeFlags(flags: number): number {
  return (
    (flags & FLAGS.IGNORECASE ? RE2JS.CASE_INSENSITIVE : 0) |
    (flags & FLAGS.MULTILINE ? RE2JS.MULTILINE : 0) |
    (flags & FLAGS.DOTALL ? RE2JS.DOTALL : 0)
  );
}

const UNICODE_CLASSES: Record<string, string> = {
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  w: '\\p{L}\\p{N}_',
  s: '\\s\\v\\x{1c}-\\x{1f}\\x{85}\\p{Z}',
};

/** Python's spelling to RE2's: Unicode classes, `\Z`, `{,n}`, `\uXXXX`. */
function translate(source: string, flags: number): string {
  let inClass = false;
  return source.replace(/\\u[0-9a-fA-F]{4}|\\[\s\S]|\{,(?=\d+\})|\[\^?\]?|\]/g, (part) => {
    if (part === '{,') return inClass ? part : '{0,';
    if (part.startsWith('[')) {
      if (inClass) return part.replaceAll('[', '\\[');
      inClass = true;
      return part.replace(']', '\\]');
    }
    if (part === ']') {
      const text = inClass ? ']' : '\\]';
      inClass = false;
      return text;
    }
    return translateEscape(part, inClass ? 'class' : 'plain', flags);
  });
}

function translateEscape(part: string, place: 'class' | 'plain', flags: number): string {
  const letter = part[1]!;
  if (part.length > 2) return `\\x{${part.slice(2)}}`;
  if (letter === 'Z') return '\\z';
  if (/[1-9]/.test(letter) && place === 'plain') throw valueError('back references are not supported');
  if (flags & FLAGS.ASCII) return part;
  if (place === 'class') return UNICODE_CLASSES[letter] ?? part;
  if (letter === 'W') return '[^\\p{L}\\p{N}_]';
  if (letter === 'S') return '[^\\s\\v\\x{1c}-\\x{1f}\\x{85}\\p{Z}]';
  const unicode = UNICODE_CLASSES[letter];
  return unicode === undefined ? part : letter.toLowerCase() === 'd' ? unicode : `[${unicode}]`;
}

/** Ends of the whole match and its groups, in UTF-16 units; -1: the group did not take part. */
export interface Found {
  starts: number[];
  ends: number[];
}

export type Anchor = 'anywhere' | 'start' | 'both';

/** Matches one after another; `limit` 0: all. */
export function findMatches(
  pattern: Pattern,
  text: string,
  anchor: Anchor,
  limit: number,
  run: Pick<Run, 'meter'>,
): Found[] {
  if (text.length > MAX_TEXT_LENGTH)
    throw limitError(`a regular expression over ${text.length} characters: ${MAX_TEXT_LENGTH} is the limit`);
  // RE2JS answers a malformed text differently from a well formed one; Python would too.
  if (/[\ud800-\udfff]/.test(text)) encodeText(text, run.meter);
  const matcher = pattern.regex.matcher(text);
  const cost = SCAN_COST * (1 + pattern.regex.programSize() / INSTRUCTIONS_PER_COST);
  const next = (): boolean => {
    if (anchor === 'start') return matcher.lookingAt();
    return anchor === 'both' ? matcher.matches() : matcher.find();
  };
  const found: Found[] = [];
  let at = 0;
  for (;;) {
    // A find may look at all that is left before it knows its match.
    run.meter.charge((text.length - at + 1) * cost);
    if (!next()) return found;
    run.meter.grow(found.length);
    run.meter.items(1 + pattern.groupCount);
    const groups = Array.from({ length: pattern.groupCount + 1 }, (_, group) => group);
    found.push({
      starts: groups.map((group) => matcher.start(group)),
      ends: groups.map((group) => matcher.end(group)),
    });
    at = matcher.end(0);
    if (anchor !== 'anywhere' || found.length === limit) return found;
  }
}
