import { PyFunction } from '../../functions';
import type { Meter } from '../../limits';
import { FLAGS } from '../../regex/flags';
import type { Pattern } from '../../regex/pattern';
import type { Language } from '../../rules';
import { characters } from '../../sequences';
import { reprOf } from '../../value-text';
import { PyDict, PyObject, type PyValue } from '../../values';
import type { PatternObject } from './match';
import { OPERATIONS } from './operations';

/** Characters of its source that a pattern shows of itself. */
const MAX_SHOWN = 200;

/** `re.Pattern`. */
export class PyPattern extends PyObject implements PatternObject {
  readonly typeName = 're.Pattern';

  constructor(
    readonly pattern: Pattern,
    readonly language: Language,
  ) {
    super();
  }

  override attribute(name: string, meter: Meter): PyValue | undefined {
    if (Object.hasOwn(PATTERN_FACTS, name) && (this.language > 1 || name !== 'groupindex')) {
      return PATTERN_FACTS[name]!(this.pattern, meter);
    }
    const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
    return operation && new PyFunction(name, (args, run) => operation(this, args, run));
  }

  override repr(meter: Meter): string {
    if (this.language === 1) return super.repr(meter);
    const { source, flags } = this.pattern;
    const shown = characters(reprOf(source, meter), meter).slice(0, MAX_SHOWN).join('');
    const names = SHOWN_FLAGS.filter((name) => flags & FLAGS[name]).map((name) => `re.${name}`);
    return `re.compile(${[shown, ...(names.length > 0 ? [names.join('|')] : [])].join(', ')})`;
  }

  override key(): string | undefined {
    return this.language === 1 ? undefined : `pattern ${this.pattern.flags} ${this.pattern.source}`;
  }
}

/** Flags that a pattern shows of itself: that it is one of Unicode goes without saying. */
const SHOWN_FLAGS = ['IGNORECASE', 'MULTILINE', 'DOTALL', 'VERBOSE', 'ASCII'] as const;

/** What is known of a pattern without a call. */
export const PATTERN_FACTS: Readonly<Record<string, (pattern: Pattern, meter: Meter) => PyValue>> = {
  flags: ({ flags }) => flags,
  groupindex: ({ names }, meter) => PyDict.of(names, meter),
  groups: ({ groupCount }) => groupCount,
  pattern: ({ source }) => source,
};
