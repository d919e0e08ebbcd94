import { RE2JS } from 're2js';
import { limitError, valueError } from '../errors';
import type { Run } from '../functions';
import { FLAGS } from './flags';
import { type Anchor, type Found, type Pattern, requirePatternLength, requireSearchable } from './pattern';

/** All `{n,m}` of a pattern together: each copies its part of the program. */
const MAX_REPEATS = 2000;
/** Characters of text count this much more for a regex than for a plain search. */
const SCAN_COST = 12;
/** Units of work to compile one character of a pattern. */
const COMPILED = 400;
const INSTRUCTIONS_PER_COST = 50;

/**
 * Compiles a pattern by RE2, in which `\b` and the cases of letters are not quite Python's: for runs by the first rules, and
 * for patterns that were written for a browser.
 *
 * @throws ExpressionError `value`, also for look-ahead and back references, which RE2 does not have
 */
export function compileRe2(source: string, flags: number, { meter }: Pick<Run, 'meter'>): Pattern {
  requirePatternLength(source);
  const repeats = source.match(/\{\d*,?\d+/g)?.reduce((sum, part) => sum + Number(/\d+$/.exec(part)![0]), 0) ?? 0;
  if (repeats > MAX_REPEATS)
    throw limitError(`a pattern with ${repeats} repetitions, over the limit of ${MAX_REPEATS}`);
  meter.charge((source.length + repeats) * COMPILED);
  let regex: RE2JS;
  try {
    regex = RE2JS.compile(translate(source, flags), nativeFlags(flags));
  } catch (cause) {
    throw valueError(`bad pattern: ${cause instanceof Error ? cause.message : 'unknown'}`);
  }
  const names = new Map(Object.entries(regex.namedGroups() as Record<string, number>));
  const find: Pattern['find'] = (text, anchor, limit, run) => findMatches(regex, text, { anchor, limit }, run);
  return { source, flags, groupCount: regex.groupCount(), names, find };
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

function findMatches(
  regex: RE2JS,
  text: string,
  { anchor, limit }: { anchor: Anchor; limit: number },
  run: Pick<Run, 'meter'>,
): Found[] {
  requireSearchable(text, run);
  const matcher = regex.matcher(text);
  const cost = SCAN_COST * (1 + regex.programSize() / INSTRUCTIONS_PER_COST);
  const next = (): boolean => {
    if (anchor === 'start') return matcher.lookingAt();
    return anchor === 'both' ? matcher.matches() : matcher.find();
  };
  const groups = Array.from({ length: regex.groupCount() + 1 }, (_, group) => group);
  const found: Found[] = [];
  let at = 0;
  for (;;) {
    // A find may look at all that is left before it knows its match.
    run.meter.charge((text.length - at + 1) * cost);
    if (!next()) return found;
    run.meter.grow(found.length);
    run.meter.items(groups.length);
    const starts = groups.map((group) => matcher.start(group));
    const lastGroup = starts.findLastIndex((start, index) => index > 0 && start >= 0);
    found.push({
      starts,
      ends: groups.map((group) => matcher.end(group)),
      lastGroup: lastGroup < 0 ? undefined : lastGroup,
    });
    at = matcher.end(0);
    if (anchor !== 'anywhere' || found.length === limit) return found;
  }
}
