import type { Clause, Expression } from '../ast';
import { ExpressionError } from '../errors';
import { RE_MODULE } from '../modules/re';
import { argumentsBeforeFlags } from '../modules/re/operations';
import { eachPart, targetNames } from '../walk';
import { FLAGS } from './flags';
import { parsePattern } from './parse';
import { requirePatternLength } from './pattern';
import { Foresight, type Names, type Options, UNKNOWN } from './possible';

type Call = Extract<Expression, { kind: 'call' }>;

/**
 * Why patterns that an expression has as texts of its own cannot be matched here; what is no pattern at all is no such
 * reason, and neither is a pattern that only becomes known when the expression runs, nor one in a part that never runs.
 *
 * @param isVariable whether there is a variable of a name: one that is called `re` is not the module
 * @example unsupportedPatterns(parseSource("re.sub('(?=a)', '', t)").expression) // ["… has the look-ahead (?=…) …"]
 */
export function unsupportedPatterns(
  expression: Expression,
  isVariable: (name: string) => boolean = () => false,
): string[] {
  const search = new Search(new Foresight(isVariable));
  search.look(expression, new Map());
  return search.reasons;
}

/** Looks for patterns wherever an expression may come to; with the names that are bound there. */
class Search {
  readonly #found = new Map<Expression, Set<string>>();

  constructor(private readonly foresight: Foresight) {}

  get reasons(): string[] {
    return [...this.#found.values()].flatMap((reasons) => [...reasons]);
  }

  look(node: Expression, names: Names): void {
    if (!this.foresight.step()) return;
    switch (node.kind) {
      case 'ternary':
        this.look(node.test, names);
        for (const branch of this.foresight.branches(node, names)) this.look(branch, names);
        return;
      case 'logic':
        this.look(node.left, names);
        if (this.foresight.truthOf(node.left, names) !== (node.operator === 'or')) this.look(node.right, names);
        return;
      case 'comprehension': {
        const value = node.value ? [node.value] : [];
        this.#comprehension(node.clauses, [node.element, ...value], names);
        return;
      }
      case 'call':
        this.#call(node, names);
        return;
      default:
        eachPart(node, (part, binds) => this.look(part, withUnknown(names, binds)));
    }
  }

  #comprehension([clause, ...others]: readonly Clause[], elements: Expression[], names: Names): void {
    if (!clause) {
      for (const element of elements) this.look(element, names);
      return;
    }
    this.look(clause.iterable, names);
    const bound = new Map(withUnknown(names, targetNames(clause.target)));
    const [items, ...more] = this.foresight.of(clause.iterable, names);
    // A condition may leave out any of them.
    if (
      typeof clause.target === 'string' &&
      clause.conditions.length === 0 &&
      items?.kind === 'items' &&
      more.length === 0
    ) {
      bound.set(clause.target, items.items.flat());
    }
    if (items?.kind === 'items' && items.items.length === 0 && more.length === 0) return;
    for (const condition of clause.conditions) this.look(condition, bound);
    this.#comprehension(others, elements, bound);
  }

  #call(node: Call, names: Names): void {
    const lambda = this.foresight.lambdaOf(node, names);
    eachPart(node, (part) => {
      // What is called on the spot is looked at once, with what it is given.
      if (!lambda || part !== node.callee || part.kind !== 'lambda') this.look(part, names);
    });
    if (lambda) this.foresight.within(() => this.look(lambda.body, lambda.names));
    const positional = this.foresight.positional(node, names);
    if (!positional) return;
    const called = this.foresight.of(node.callee, names);
    // Whatever is called takes a pattern there.
    const reasons = called.map((one) =>
      one.kind === 'function' ? this.#reasonsOf(one.name, node, positional, names) : [],
    );
    if (reasons.length === 0 || reasons.some(({ length }) => length === 0)) return;
    const known = this.#found.get(node) ?? new Set();
    for (const reason of reasons.flat()) known.add(reason);
    this.#found.set(node, known);
  }

  /** What is wrong with the patterns that a function of the module may be given. */
  #reasonsOf(name: string, { keywords }: Call, positional: readonly Options[], names: Names): string[] {
    if (!takesPattern(name)) return [];
    const named = (keyword: string) => keywords.find(([given]) => given === keyword)?.[1];
    const pattern = named('pattern');
    const options = positional[0] ?? (pattern ? this.foresight.of(pattern, names) : UNKNOWN);
    const hasFlags = positional.length > 1 + argumentsBeforeFlags(name) || named('flags') !== undefined;
    return options.flatMap((option) => {
      const reason = option.kind === 'text' ? reasonOf(option.text, hasFlags) : undefined;
      return reason === undefined ? [] : [reason];
    });
  }
}

function withUnknown(names: Names, bound: readonly string[]): Names {
  return bound.length === 0 ? names : new Map([...names, ...bound.map((name): [string, Options] => [name, UNKNOWN])]);
}

function takesPattern(name: string): boolean {
  return name !== 'escape' && typeof RE_MODULE.members.get(name) === 'object';
}

/** Flags matter where they turn what looks like a construct into a comment. */
function reasonOf(pattern: string, hasFlags: boolean): string | undefined {
  const reason = unsupported(pattern, 0);
  return hasFlags ? reason && unsupported(pattern, FLAGS.VERBOSE) : reason;
}

function unsupported(pattern: string, flags: number): string | undefined {
  try {
    requirePatternLength(pattern);
    parsePattern(pattern, flags);
    return undefined;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return error.kind === 'unsupported' ? error.message : undefined;
  }
}
