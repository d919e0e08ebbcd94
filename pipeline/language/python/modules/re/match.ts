import { typeError, valueError } from '../../errors';
import { type BoundArguments, PyFunction, type Run } from '../../functions';
import type { Meter } from '../../limits';
import { isInt } from '../../numbers';
import type { Found, Pattern } from '../../regex/pattern';
import type { Language } from '../../rules';
import { characters, textLength } from '../../sequences';
import { reprOf } from '../../value-text';
import { PyDict, PyObject, PyTuple, type PyValue, typeName } from '../../values';
import { expand } from './replacement';

/** @throws ExpressionError `type` */
export function requireText(value: PyValue | undefined): string {
  if (typeof value !== 'string') throw typeError(`expected string, not ${typeName(value ?? null)}`);
  return value;
}

/** A compiled pattern as a value. */
export interface PatternObject extends PyObject {
  readonly pattern: Pattern;
}

/** The part of a text that was searched, as it was asked for: in characters. */
export interface Bounds {
  pos: number;
  endpos: number;
}

/** Characters of the matched text that a match shows of itself. */
const MAX_SHOWN = 50;

/** `re.Match`. */
export class PyMatch extends PyObject {
  readonly typeName = 're.Match';

  constructor(
    readonly owner: PatternObject,
    readonly subject: string,
    readonly found: Found,
    readonly language: Language,
    /** Absent: all of the text was searched. */
    readonly bounds?: Bounds,
  ) {
    super();
  }

  get pattern(): Pattern {
    return this.owner.pattern;
  }

  /** The text of a group; null when it took no part. */
  group(index: number): string | null {
    const start = this.found.starts[index]!;
    return start < 0 ? null : this.subject.slice(start, this.found.ends[index]!);
  }

  /** @throws ExpressionError `value` when the pattern has no such group */
  indexOf(group: PyValue | undefined): number {
    const number = typeof group === 'boolean' && this.language > 1 ? Number(group) : group;
    const index = typeof number === 'string' ? this.pattern.names.get(number) : number;
    if (typeof index !== 'number' || !isInt(index) || index < 0 || index > this.pattern.groupCount) {
      throw valueError('no such group');
    }
    return index;
  }

  /** Where a group begins and ends, in characters. */
  span(index: number, meter: Meter): PyTuple {
    const ends = [this.found.starts[index]!, this.found.ends[index]!];
    return new PyTuple(ends.map((unit) => this.characterAt(unit, meter)));
  }

  /** Position of a UTF-16 unit in characters. */
  characterAt(unit: number, meter: Meter): number {
    return unit < 0 ? -1 : textLength(this.subject.slice(0, unit), meter);
  }

  override item(group: PyValue): PyValue | undefined {
    return this.language === 1 ? undefined : this.group(this.indexOf(group));
  }

  override attribute(name: string, meter: Meter): PyValue | undefined {
    if (Object.hasOwn(MATCH_FACTS, name) && (this.language > 1 || OLD_FACTS.has(name))) {
      return MATCH_FACTS[name]!(this, meter);
    }
    const method = Object.hasOwn(MATCH_METHODS, name) ? MATCH_METHODS[name] : undefined;
    return method && new PyFunction(name, (args, run) => method(this, args, run));
  }

  override repr(meter: Meter): string {
    if (this.language === 1) return super.repr(meter);
    const shown = characters(reprOf(this.group(0), meter), meter)
      .slice(0, MAX_SHOWN)
      .join('');
    return `<re.Match object; span=${reprOf(this.span(0, meter), meter)}, match=${shown}>`;
  }
}

/** What is known of a match without a call. */
export const MATCH_FACTS: Readonly<Record<string, (match: PyMatch, meter: Meter) => PyValue>> = {
  endpos: ({ bounds, subject }, meter) => bounds?.endpos ?? textLength(subject, meter),
  lastgroup: ({ pattern, found }) => [...pattern.names].find(([, index]) => index === found.lastGroup)?.[0] ?? null,
  lastindex: ({ found }) => found.lastGroup ?? null,
  pos: ({ bounds }) => bounds?.pos ?? 0,
  re: ({ owner }) => owner,
  regs: (match, meter) => {
    meter.items(match.pattern.groupCount + 1);
    return new PyTuple(match.found.starts.map((_, index) => match.span(index, meter)));
  },
  string: ({ subject }) => subject,
};

/** Those that runs by the first rules know. */
const OLD_FACTS: ReadonlySet<string> = new Set(['lastindex', 'string']);

/** All groups of a match but the whole, with `missing` for those that took no part. */
export function groupsOf(match: PyMatch, missing: PyValue, { meter }: Pick<Run, 'meter'>): PyValue[] {
  meter.items(match.pattern.groupCount);
  return match.found.starts.slice(1).map((_, index) => match.group(index + 1) ?? missing);
}

/** Methods of a match. */
export const MATCH_METHODS: Readonly<Record<string, (match: PyMatch, args: BoundArguments, run: Run) => PyValue>> = {
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
  span: (match, args, run) => match.span(match.indexOf(args.bind('group?')[0] ?? 0), run.meter),
  start: (match, args, run) =>
    match.characterAt(match.found.starts[match.indexOf(args.bind('group?')[0] ?? 0)]!, run.meter),
};
