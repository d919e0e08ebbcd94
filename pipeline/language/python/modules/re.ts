import { typeError, valueError } from '../errors';
import { type BoundArguments, type Implementation, moduleOf, PyFunction, type Run } from '../functions';
import type { Meter } from '../limits';
import { isInt, requireInt } from '../numbers';
import { FLAGS } from '../regex/flags';
import type { Anchor, Found, Pattern } from '../regex/pattern';
import { languageOf } from '../rules';
import { textLength } from '../sequences';
import { PyDict, PyIterator, PyObject, PyTuple, type PyValue, typeName } from '../values';
import { compilePattern } from './pattern';

function requireText(value: PyValue | undefined): string {
  if (typeof value !== 'string') throw typeError(`expected string, not ${typeName(value ?? null)}`);
  return value;
}

/** `re.Pattern`. */
class PyPattern extends PyObject {
  readonly typeName = 're.Pattern';

  constructor(readonly pattern: Pattern) {
    super();
  }

  override attribute(name: string): PyValue | undefined {
    if (name === 'pattern') return this.pattern.source;
    if (name === 'flags') return this.pattern.flags;
    if (name === 'groups') return this.pattern.groupCount;
    const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
    return operation && new PyFunction(name, (args, run) => operation(this.pattern, args, run));
  }
}

/** `re.Match`. */
class PyMatch extends PyObject {
  readonly typeName = 're.Match';
  constructor(
    readonly pattern: Pattern,
    readonly subject: string,
    readonly found: Found,
  ) {
    super();
  }

  group(index: number): string | null {
    const start = this.found.starts[index]!;
    return start < 0 ? null : this.subject.slice(start, this.found.ends[index]!);
  }

  indexOf(group: PyValue | undefined): number {
    const index = typeof group === 'string' ? this.pattern.names.get(group) : group;
    if (typeof index !== 'number' || !isInt(index) || index < 0 || index > this.pattern.groupCount) {
      throw valueError('no such group');
    }
    return index;
  }

  /** Position of a UTF-16 unit in characters. */
  characterAt(unit: number, meter: Meter): number {
    return unit < 0 ? -1 : textLength(this.subject.slice(0, unit), meter);
  }

  override attribute(name: string): PyValue | undefined {
    if (name === 'string') return this.subject;
    if (name === 'lastindex') return this.found.lastGroup ?? null;
    const method = Object.hasOwn(MATCH_METHODS, name) ? MATCH_METHODS[name] : undefined;
    return method && new PyFunction(name, (args, run) => method(this, args, run));
  }
}

function groupsOf(match: PyMatch, missing: PyValue, { meter }: Run): PyValue[] {
  meter.items(match.pattern.groupCount);
  return match.found.starts.slice(1).map((_, index) => match.group(index + 1) ?? missing);
}

/** Methods of a match. */
export const MATCH_METHODS: Record<string, (match: PyMatch, args: BoundArguments, run: Run) => PyValue> = {
  end: (match, args, run) =>
    match.characterAt(match.found.ends[match.indexOf(args.bind('group?')[0] ?? 0)]!, run.meter),
  expand: (match, args, run) => expand(requireText(args.bind('template')[0]), match, run),
  group: (match, args) => {
    const groups = args.many().map((group) => match.group(match.indexOf(group)));
    return groups.length === 0 ? match.group(0) : groups.length === 1 ? groups[0]! : new PyTuple(groups);
  },
  groupdict: (match, args, run) => {
    const [missing = null] = args.bind('default?');
    return PyDict.of(
      [...match.pattern.names].map(([name, index]) => [name, match.group(index) ?? missing]),
      run.meter,
    );
  },
  groups: (match, args, run) => {
    const [missing = null] = args.bind('default?');
    return new PyTuple(groupsOf(match, missing, run));
  },
  span: (match, args, run) => {
    const index = match.indexOf(args.bind('group?')[0] ?? 0);
    const ends = [match.found.starts[index]!, match.found.ends[index]!];
    return new PyTuple(ends.map((unit) => match.characterAt(unit, run.meter)));
  },
  start: (match, args, run) =>
    match.characterAt(match.found.starts[match.indexOf(args.bind('group?')[0] ?? 0)]!, run.meter),
};

const TEMPLATE = /\\(?:g<([\p{L}\p{N}_]+)>|([1-9]\d?)|(0[0-7]{0,2})|([\s\S]))/gu;
const TEMPLATE_ESCAPES: Record<string, string> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
};

/** Units of work a character of a template. */
const EXPANDED = 8;

/** A replacement template: `\1`, `\g<name>`, and the usual escapes. */
function expand(template: string, match: PyMatch, run: Run): string {
  run.meter.produce(template.length);
  run.meter.charge(template.length * EXPANDED);
  return template.replace(TEMPLATE, (whole, named?: string, digits?: string, octal?: string, other?: string) => {
    const reference = named ?? digits;
    if (reference !== undefined) {
      const text = match.group(match.indexOf(/^\d+$/.test(reference) ? Number(reference) : reference)) ?? '';
      run.meter.produce(text.length);
      return text;
    }
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    const escaped = TEMPLATE_ESCAPES[other!];
    if (escaped === undefined && /[a-zA-Z]/.test(other!)) throw valueError(`bad escape \\${other}`);
    return escaped ?? whole;
  });
}

function matches(pattern: Pattern, text: string, anchor: Anchor, limit: number, run: Run): PyMatch[] {
  return pattern.find(text, anchor, limit, run).map((found) => new PyMatch(pattern, text, found));
}

function first(anchor: Anchor): Operation {
  return (pattern, args, run) => {
    const [text] = args.bind('string');
    return matches(pattern, requireText(text), anchor, 1, run)[0] ?? null;
  };
}

/** As many matches as are wanted: 0 is all of them, and less is none, where the first rules of the language took all. */
function firstMatches(pattern: Pattern, text: string, count: number, run: Run): PyMatch[] {
  return count < 0 && languageOf(run.ambient) > 1 ? [] : matches(pattern, text, 'anywhere', count, run);
}

/** `sub` and `subn`: the text and how many replacements were made. */
function substitute(pattern: Pattern, args: BoundArguments, run: Run): [string, number] {
  const [replacement, subject, count = 0] = args.bind('repl', 'string', 'count?');
  const text = requireText(subject);
  const found = firstMatches(pattern, text, requireInt(count, 'count'), run);
  let out = '';
  let at = 0;
  for (const match of found) {
    const put =
      typeof replacement === 'string'
        ? expand(replacement, match, run)
        : requireText(run.call(replacement as PyValue, [match]));
    const kept = text.slice(at, match.found.starts[0]!);
    run.meter.produce(kept.length + put.length);
    out += kept + put;
    run.meter.bound(out.length);
    at = match.found.ends[0]!;
  }
  run.meter.produce(text.length);
  return [out + text.slice(at), found.length];
}

function split(pattern: Pattern, args: BoundArguments, run: Run): PyValue {
  const [subject, limit = 0] = args.bind('string', 'maxsplit?');
  const text = requireText(subject);
  const parts: PyValue[] = [];
  let at = 0;
  for (const match of firstMatches(pattern, text, requireInt(limit, 'maxsplit'), run)) {
    parts.push(text.slice(at, match.found.starts[0]!), ...groupsOf(match, null, run));
    at = match.found.ends[0]!;
  }
  return [...parts, text.slice(at)];
}

type Operation = (pattern: Pattern, args: BoundArguments, run: Run) => PyValue;

/** Methods of a pattern, and functions of the module. */
export const OPERATIONS: Record<string, Operation> = {
  findall: (pattern, args, run) =>
    matches(pattern, requireText(args.bind('string')[0]), 'anywhere', 0, run).map((match) => {
      if (pattern.groupCount === 0) return match.group(0);
      const groups = groupsOf(match, '', run);
      return groups.length === 1 ? groups[0]! : new PyTuple(groups);
    }),
  finditer: (pattern, args, run) =>
    new PyIterator('callable_iterator', matches(pattern, requireText(args.bind('string')[0]), 'anywhere', 0, run)),
  fullmatch: first('both'),
  match: first('start'),
  search: first('anywhere'),
  split,
  sub: (pattern, args, run) => substitute(pattern, args, run)[0],
  subn: (pattern, args, run) => new PyTuple(substitute(pattern, args, run)),
};

/** How many positional arguments an operation has between its pattern and its flags. */
const ARGUMENTS_BEFORE_FLAGS: Record<string, number> = { compile: 0, split: 2, sub: 3, subn: 3 };

export function argumentsBeforeFlags(name: string): number {
  return ARGUMENTS_BEFORE_FLAGS[name] ?? 1;
}

/** `re.search(pattern, …, flags)`: the pattern first, flags by keyword or last. */
function moduleFunction(name: string, operation: Operation): Implementation {
  return (args, run) => {
    const keywords = new Map(args.keywords);
    const source = args.positional[0] ?? keywords.get('pattern');
    const most = argumentsBeforeFlags(name);
    const rest = args.positional.slice(1);
    const flags = rest.length > most ? rest.pop()! : (keywords.get('flags') ?? 0);
    keywords.delete('pattern');
    keywords.delete('flags');
    const pattern = toPattern(source, flags, run);
    const method = new PyFunction(name, (bound) => operation(pattern, bound, run));
    return method.invoke({ positional: rest, keywords }, run);
  };
}

function toPattern(source: PyValue | undefined, flags: PyValue, run: Run): Pattern {
  if (source instanceof PyPattern) return source.pattern;
  return compilePattern(requireText(source), requireInt(flags, 'flags'), run);
}

const escapePattern: Implementation = (args, run) => {
  const text = requireText(args.bind('pattern')[0]);
  run.meter.produce(text.length * 2);
  run.meter.charge(text.length * EXPANDED);
  return text.replace(/[()[\]{}?*+\-|^$\\.&~# \t\n\r\v\f]/g, '\\$&');
};

/** Flags that runs by the first rules know nothing of. */
const NEWER_FLAGS = { U: FLAGS.UNICODE, UNICODE: FLAGS.UNICODE, X: FLAGS.VERBOSE, VERBOSE: FLAGS.VERBOSE };

/** The module `re`, in linear time: patterns that need more than that are an error. */
export const RE_MODULE = moduleOf(
  're',
  {
    ...Object.fromEntries(
      Object.entries(OPERATIONS).map(([name, operation]) => [name, moduleFunction(name, operation)]),
    ),
    compile: (args, run) => {
      const [source, flags = 0] = args.bind('pattern', 'flags?');
      return new PyPattern(toPattern(source, flags, run));
    },
    escape: escapePattern,
    A: FLAGS.ASCII,
    ASCII: FLAGS.ASCII,
    DOTALL: FLAGS.DOTALL,
    I: FLAGS.IGNORECASE,
    IGNORECASE: FLAGS.IGNORECASE,
    M: FLAGS.MULTILINE,
    MULTILINE: FLAGS.MULTILINE,
    S: FLAGS.DOTALL,
    ...NEWER_FLAGS,
  },
  Object.keys(NEWER_FLAGS),
);
