import type { Ambient } from '../ambient';
import type { Expression } from '../ast';
import { valueError } from '../errors';
import { evaluate } from '../evaluator';
import { LIMITS, Meter } from '../limits';
import type { PyValue } from '../values';

type Lambda = Extract<Expression, { kind: 'lambda' }>;

/** What is known of a value before an expression runs. */
export type Possible =
  | { kind: 'unknown' }
  | { kind: 'text'; text: string }
  /** `re`, and a function of it. */
  | { kind: 'module' }
  | { kind: 'function'; name: string }
  /** A list or a tuple, item by item. */
  | { kind: 'items'; items: readonly Options[] }
  | { kind: 'lambda'; node: Lambda; names: Names };

/** All that a value may be: of a conditional expression either branch. */
export type Options = readonly Possible[];

/** Names that lambdas and comprehensions bind. */
export type Names = ReadonlyMap<string, Options>;

export const UNKNOWN: Options = [{ kind: 'unknown' }];

/** Units of work for all that is calculated of one expression, and how many values of one part are kept apart. */
const WORK = 200_000;
const MOST = 16;
const MAX_CALLS = 8;
/** Parts looked at, again in each lambda that is called: more than any expression has. */
const MAX_PARTS = 20_000;
/** Units of work to begin a calculation. */
const BEGUN = 100;

/** What the outside is to a calculation that must not depend on it. */
const NOWHERE: Ambient = {
  get now(): number {
    throw valueError('the time is not known');
  },
  random: () => {
    throw valueError('a random number is not known');
  },
  offsetMinutes: () => {
    throw valueError('the time zone is not known');
  },
};

/** Finds out what parts of an expression may be before it runs. */
export class Foresight {
  readonly #meter = new Meter({ ...LIMITS, work: WORK });
  #calls = 0;
  #parts = 0;

  /** @param isVariable whether a name is that of a variable, whose value only a run knows */
  constructor(private readonly isVariable: (name: string) => boolean) {}

  /** Counts a part that is looked at; false when there were too many of them. */
  step(): boolean {
    return this.#parts++ < MAX_PARTS;
  }

  /** What a part may be. */
  of(node: Expression, names: Names): Options {
    if (!this.step()) return UNKNOWN;
    const found = this.#find(node, names);
    return found.length > MOST ? UNKNOWN : found;
  }

  #find(node: Expression, names: Names): Options {
    switch (node.kind) {
      case 'name':
        return names.get(node.name) ?? (node.name === 're' && !this.isVariable('re') ? [{ kind: 'module' }] : UNKNOWN);
      case 'ternary': {
        const branches = this.branches(node, names);
        return branches.flatMap((branch) => this.of(branch, names));
      }
      case 'logic': {
        const isCertain = this.truthOf(node.left, names);
        if (isCertain !== undefined)
          return this.of(isCertain === (node.operator === 'or') ? node.left : node.right, names);
        // What is no text may be handed on by either; an empty text is no pattern to worry about.
        const left = node.operator === 'or' ? this.of(node.left, names) : UNKNOWN;
        return [...left, ...this.of(node.right, names)];
      }
      case 'attribute':
        return this.of(node.object, names).map((object) =>
          object.kind === 'module' ? { kind: 'function', name: node.name } : { kind: 'unknown' },
        );
      case 'list':
      case 'tuple':
        if (node.items.some(({ kind }) => kind === 'starred')) return UNKNOWN;
        return [{ kind: 'items', items: node.items.map((item) => this.of(item, names)) }];
      case 'subscript':
        return this.#item(node, names);
      case 'lambda':
        return [{ kind: 'lambda', node, names }];
      case 'call': {
        const lambda = this.lambdaOf(node, names);
        return lambda
          ? (this.within(() => this.of(lambda.body, lambda.names)) ?? UNKNOWN)
          : this.#calculated(node, names);
      }
      case 'binary':
        return node.operator === '+' ? this.#sum(node.left, node.right, names) : this.#calculated(node, names);
      default:
        return this.#calculated(node, names);
    }
  }

  /** The branches of a conditional expression that may be taken. */
  branches(node: Extract<Expression, { kind: 'ternary' }>, names: Names): Expression[] {
    const truth = this.truthOf(node.test, names);
    return [...(truth === false ? [] : [node.then]), ...(truth === true ? [] : [node.otherwise])];
  }

  /** Whether a part is true or false for certain. */
  truthOf(node: Expression, names: Names): boolean | undefined {
    const value = this.#value({ kind: 'unary', operator: 'not', operand: node }, names);
    return value === undefined ? undefined : value === false;
  }

  /** The lambda that a call calls for certain, with its arguments bound. */
  lambdaOf(node: Extract<Expression, { kind: 'call' }>, names: Names): { body: Expression; names: Names } | undefined {
    const [callee, ...others] = this.of(node.callee, names);
    if (callee?.kind !== 'lambda' || others.length > 0) return undefined;
    const { parameters, body } = callee.node;
    const positional = this.positional(node, names);
    if (!positional || parameters.some(({ many }) => many) || node.keywords.some(([name]) => name === null))
      return undefined;
    const bound = new Map(callee.names);
    parameters.forEach(({ name, initial }, index) => {
      const keyword = node.keywords.find(([given]) => given === name)?.[1];
      const given = positional[index] ?? (keyword && this.of(keyword, names));
      bound.set(name, given ?? (initial ? this.of(initial, callee.names) : UNKNOWN));
    });
    return { body, names: bound };
  }

  /** The positional arguments of a call; undefined when it is not known how many there are. */
  positional({ positional }: Extract<Expression, { kind: 'call' }>, names: Names): Options[] | undefined {
    const found: Options[] = [];
    for (const node of positional) {
      if (node.kind !== 'starred') found.push(this.of(node, names));
      else {
        const [spread, ...others] = this.of(node.value, names);
        if (spread?.kind !== 'items' || others.length > 0) return undefined;
        found.push(...spread.items);
      }
    }
    return found;
  }

  /** Looks into a lambda that is called; undefined: they call each other too often. */
  within<T>(look: () => T): T | undefined {
    if (this.#calls >= MAX_CALLS) return undefined;
    this.#calls++;
    try {
      return look();
    } finally {
      this.#calls--;
    }
  }

  #item(node: Extract<Expression, { kind: 'subscript' }>, names: Names): Options {
    const index = this.#value(node.index, names);
    return this.of(node.object, names).flatMap((object): Options => {
      if (object.kind !== 'items' || typeof index !== 'number') return this.#calculated(node, names);
      return object.items.at(index) ?? UNKNOWN;
    });
  }

  #sum(left: Expression, right: Expression, names: Names): Options {
    const [heads, tails] = [this.of(left, names), this.of(right, names)];
    return heads.flatMap((head) =>
      tails.map((tail): Possible => {
        if (head.kind !== 'text' || tail.kind !== 'text') return { kind: 'unknown' };
        return { kind: 'text', text: head.text + tail.text };
      }),
    );
  }

  #calculated(node: Expression, names: Names): Options {
    const value = this.#value(node, names);
    return typeof value === 'string' ? [{ kind: 'text', text: value }] : UNKNOWN;
  }

  /** The value of a part that depends on nothing that only a run knows. */
  #value(node: Expression, names: Names): PyValue | undefined {
    const scope = (name: string): string | undefined => {
      const [one, ...others] = names.get(name) ?? [];
      if (one?.kind === 'text' && others.length === 0) return one.text;
      if (names.has(name) || this.isVariable(name)) throw valueError(`${name} is not known`);
      return undefined;
    };
    try {
      this.#meter.charge(BEGUN);
      return evaluate(node, scope, NOWHERE, this.#meter);
    } catch (error) {
      if ((error as Error).name === 'ExpressionError' || (error as Error).name === 'RangeError') return undefined;
      throw error;
    }
  }
}
