import { typeError } from '../../errors';
import type { BoundArguments, Run } from '../../functions';
import type { Meter } from '../../limits';
import { requireInt } from '../../numbers';
import type { Anchor } from '../../regex/pattern';
import { languageOf } from '../../rules';
import { textLength } from '../../sequences';
import { PyIterator, PyObject, PyTuple, type PyValue } from '../../values';
import { groupsOf, type PatternObject, PyMatch, requireText } from './match';
import { EXPANDED, expand, parseReplacement } from './replacement';

/** What can be done with a pattern, and by a function of the module that is given one. */
export type Operation = (owner: PatternObject, args: BoundArguments, run: Run) => PyValue;

/** How a text is searched: where a match may stand, and how many are wanted (0: all). */
interface Wanted {
  anchor: Anchor;
  limit: number;
}

function matches(owner: PatternObject, text: string, { anchor, limit }: Wanted, run: Run): PyMatch[] {
  const language = languageOf(run.ambient);
  return owner.pattern.find(text, anchor, limit, run).map((found) => new PyMatch(owner, text, found, language));
}

/** `string`, and, which runs by the first rules do not know, `pos` and `endpos`. */
function matchesWithin(owner: PatternObject, args: BoundArguments, wanted: Wanted, run: Run): PyMatch[] {
  const language = languageOf(run.ambient);
  const [subject, pos, endpos] = language === 1 ? args.bind('string') : args.bind('string', 'pos?', 'endpos?');
  const text = requireText(subject);
  if (pos === undefined && endpos === undefined) return matches(owner, text, wanted, run);
  const length = textLength(text, run.meter);
  const clamp = (value: PyValue, what: string) => Math.min(Math.max(requireInt(value, what), 0), length);
  const bounds = {
    pos: pos === undefined ? 0 : clamp(pos, 'pos'),
    endpos: endpos === undefined ? length : clamp(endpos, 'endpos'),
  };
  if (bounds.pos > bounds.endpos) return [];
  const unit = unitsOf(text, length, run.meter);
  const searched = text.slice(0, unit(bounds.endpos));
  return owner.pattern
    .find(searched, wanted.anchor, wanted.limit, run, unit(bounds.pos))
    .map((found) => new PyMatch(owner, text, found, language, bounds));
}

/** Where a character of a text stands in UTF-16 units. */
function unitsOf(text: string, length: number, meter: Meter): (character: number) => number {
  if (length === text.length) return (character) => character;
  return (character) => {
    meter.split(text);
    let unit = 0;
    for (let at = 0; at < character; at++) unit += text.codePointAt(unit)! > 0xffff ? 2 : 1;
    return unit;
  };
}

function first(anchor: Anchor): Operation {
  return (owner, args, run) => matchesWithin(owner, args, { anchor, limit: 1 }, run)[0] ?? null;
}

const ALL: Wanted = { anchor: 'anywhere', limit: 0 };

/** As many matches as are wanted: 0 is all of them, and less is none, where the first rules of the language took all. */
function firstMatches(owner: PatternObject, text: string, count: number, run: Run): PyMatch[] {
  return count < 0 && languageOf(run.ambient) > 1 ? [] : matches(owner, text, { ...ALL, limit: count }, run);
}

/** `sub` and `subn`: the text and how many replacements were made. */
function substitute(owner: PatternObject, args: BoundArguments, run: Run): [string, number] {
  const [replacement, subject, count = 0] = args.bind('repl', 'string', 'count?');
  const text = requireText(subject);
  const limit = requireInt(count, 'count');
  if (languageOf(run.ambient) > 1) checkReplacement(replacement as PyValue, owner, run);
  const found = firstMatches(owner, text, limit, run);
  let out = '';
  let at = 0;
  for (const match of found) {
    const put =
      typeof replacement === 'string' ? expand(replacement, match, run) : called(replacement as PyValue, match, run);
    const kept = text.slice(at, match.found.starts[0]!);
    run.meter.produce(kept.length + put.length);
    out += kept + put;
    run.meter.bound(out.length);
    at = match.found.ends[0]!;
  }
  run.meter.produce(text.length);
  return [out + text.slice(at), found.length];
}

/** Python reads a replacement before it looks for something to replace. */
function checkReplacement(replacement: PyValue, owner: PatternObject, run: Run): void {
  if (replacement instanceof PyObject) return;
  const template = requireText(replacement);
  if (!template.includes('\\')) return;
  run.meter.charge(template.length * EXPANDED);
  parseReplacement(template, owner.pattern, run);
}

/** What a function makes of a match: None is nothing. */
function called(replacement: PyValue, match: PyMatch, run: Run): string {
  const put = run.call(replacement, [match]);
  return put === null && match.language > 1 ? '' : requireText(put);
}

function split(owner: PatternObject, args: BoundArguments, run: Run): PyValue {
  const [subject, limit = 0] = args.bind('string', 'maxsplit?');
  const text = requireText(subject);
  const parts: PyValue[] = [];
  let at = 0;
  for (const match of firstMatches(owner, text, requireInt(limit, 'maxsplit'), run)) {
    parts.push(text.slice(at, match.found.starts[0]!), ...groupsOf(match, null, run));
    at = match.found.ends[0]!;
  }
  return [...parts, text.slice(at)];
}

/** Methods of a pattern, and functions of the module. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  findall: (owner, args, run) =>
    matchesWithin(owner, args, ALL, run).map((match) => {
      if (owner.pattern.groupCount === 0) return match.group(0);
      const groups = groupsOf(match, '', run);
      return groups.length === 1 ? groups[0]! : new PyTuple(groups);
    }),
  finditer: (owner, args, run) => new PyIterator('callable_iterator', matchesWithin(owner, args, ALL, run)),
  fullmatch: first('both'),
  match: first('start'),
  search: first('anywhere'),
  split,
  sub: (owner, args, run) => substitute(owner, args, run)[0],
  subn: (owner, args, run) => new PyTuple(substitute(owner, args, run)),
};

/** How many positional arguments an operation has between its pattern and its flags. */
const ARGUMENTS_BEFORE_FLAGS: Readonly<Record<string, number>> = { compile: 0, split: 2, sub: 3, subn: 3 };

/** How many positional arguments a function of the module has between its pattern and its flags. */
export function argumentsBeforeFlags(name: string): number {
  return ARGUMENTS_BEFORE_FLAGS[name] ?? 1;
}

/** Only methods of a pattern search a part of a text. */
export function requireModuleArguments(name: string, positional: PyValue[], keywords: Iterable<string>): void {
  const isPart = [...keywords].some((keyword) => keyword === 'pos' || keyword === 'endpos');
  if (isPart || positional.length > argumentsBeforeFlags(name)) throw typeError(`too many arguments for ${name}()`);
}
