import type { Dice } from '../random';
import { DATE_FORMATS, DIRECTIVES, LEAVES, PATTERNS } from './leaves';
import { OPERATIONS, type OperandMaker } from './operations';
import { type Argument, type ArgumentType, FUNCTIONS, METHODS, type Signature, TYPES, type Type } from './signatures';
import { COMMON, ITERABLE, ROUNDS } from './weights';

const BIG_SHARE = 0.55;
const LOCAL_SHARE = 0.6;
/** In a loop it is the same big value that is worked on again and again. */
const BIG_IN_LOOPS = 0.85;

interface Local {
  name: string;
  type: Type;
}

type Producer = (depth: number) => string;

/**
 * Makes expressions of a wanted type, so that most of them get to the work that is expensive instead of failing at once.
 * Pure: the dice decide.
 */
export class ExpressionMaker implements OperandMaker {
  #locals: Local[] = [];
  #names = 0;

  constructor(
    readonly dice: Dice,
    /** Displays of dicts and sets need braces, which only conditions may have. */
    readonly braces: 'none' | 'allowed' = 'none',
  ) {}

  /** An expression; the deeper, the longer. */
  whole(depth: number): string {
    this.#locals = [];
    this.#names = 0;
    return this.make(this.dice.weighted(COMMON), depth);
  }

  make(type: Type, depth: number): string {
    const known = this.#locals.filter((local) => local.type === type);
    if (known.length > 0 && this.dice.chance(LOCAL_SHARE)) return this.dice.pick(known).name;
    if (depth <= 0) return this.#leaf(type);
    return this.dice.weighted([[1, () => this.#leaf(type)], ...this.#producers(type)] as [number, Producer][])(
      depth - 1,
    );
  }

  #leaf(type: Type, bigShare = BIG_SHARE): string {
    const { small, big } = LEAVES[type];
    const text = this.dice.pick(this.dice.chance(bigShare) ? big : small);
    // A number has to stand in parentheses before a dot.
    return /^[a-z_]\w*$|^'[^']*'$/i.test(text) ? text : `(${text})`;
  }

  #producers(type: Type): [number, Producer][] {
    const found: [number, Producer][] = [
      [3, (depth) => this.#call(this.dice.pick(FUNCTIONS_BY_RESULT[type] ?? IDENTITY), depth)],
      [0.4, (depth) => `(${this.make(type, depth)} if ${this.make('bool', depth)} else ${this.make(type, depth)})`],
      [0.3, (depth) => `(${this.make(type, depth)} ${this.dice.pick(['or', 'and'])} ${this.make(type, depth)})`],
      [0.3, (depth) => this.#lambdaCall(type, depth)],
      [0.5, (depth) => `${this.#loop('[', ']', type, depth)}[${this.dice.pick(['0', '-1', '1'])}]`],
      ...(OPERATIONS[type] ?? []).map(([weight, make]): [number, Producer] => [weight, (depth) => make(this, depth)]),
    ];
    const methods = METHODS_BY_RESULT[type] ?? [];
    if (methods.length > 0) {
      found.push([5, (depth) => this.#method(this.dice.pick(methods), depth)]);
    }
    return found;
  }

  #method({ owner, signature }: Owned, depth: number): string {
    const self = this.make(owner, depth);
    const args = this.#arguments(signature.args, depth);
    // The same method, unbound.
    if (UNBOUND.has(owner) && this.dice.chance(0.05)) {
      return `${owner === 'text' ? 'str' : owner}.${signature.name}(${[self, ...args].join(', ')})`;
    }
    return `${self}.${signature.name}(${args.join(', ')})`;
  }

  #call({ name, args }: Signature, depth: number): string {
    return `${name}(${this.#arguments(args, depth).join(', ')})`;
  }

  #arguments(args: readonly Argument[], depth: number): string[] {
    const made: string[] = [];
    for (const { type, optional, keyword } of args) {
      if (optional && this.dice.chance(0.5)) {
        if (keyword === undefined) break;
        continue;
      }
      made.push((keyword === undefined ? '' : `${keyword}=`) + this.argument(type, depth - 1));
    }
    return made;
  }

  argument(type: ArgumentType, depth: number): string {
    const { dice } = this;
    switch (type) {
      case 'any':
        return this.make(dice.weighted(COMMON), depth);
      case 'iterable':
        return this.make(dice.weighted(ITERABLE), depth);
      case 'texts':
        return dice.pick([`[${this.make('text', depth)}]*${dice.pick(ROUNDS)}`, 'texts', this.make('list', depth)]);
      case 'char':
        return dice.pick(["' '", "'0'", "'ā'", "'😀'"]);
      case 'width':
        return dice.pick(['3', '100', '90000', '900000', '10**9', this.make('int', depth)]);
      case 'small':
        return dice.pick(['0', '1', '2', '4', '8', '36', '100', '-3']);
      case 'encoding':
        return dice.pick(["'utf-8'", "'ascii'", "'latin-1'", "'gbk'"]);
      case 'table':
        return dice.pick([
          "str.maketrans('ab', 'bc')",
          "dict([(97, 'x'*900)])",
          'dict((i, i) for i in range(9000))',
          this.make('dict', depth),
        ]);
      case 'affix':
        return dice.pick([this.make('text', depth), `(${this.make('text', depth)},)*${dice.pick(ROUNDS)}`]);
      case 'source':
        return dice.pick([dice.pick(PATTERNS), this.make('pattern', depth), this.make('text', depth)]);
      case 'replacement':
        return dice.pick(["'x'", "'\\\\g<0>'*1000", this.make('text', depth), this.#lambda('match', 'text', depth)]);
      case 'format':
        return dice.chance(0.8) ? dice.pick(DATE_FORMATS) : this.make('text', depth);
      case 'jsonText':
        return dice.pick([
          "'[1]'",
          "'['*900000",
          "'['+'1,'*40000+'1]'",
          "'\"'+'a'*900000+'\"'",
          `json.dumps(${this.make('list', depth)})`,
        ]);
      case 'key':
        return dice.pick([
          this.#lambda(dice.weighted(COMMON), dice.weighted(COMMON), depth),
          'str',
          'len',
          'str.lower',
        ]);
      default:
        return this.make(type, depth);
    }
  }

  /** `lambda v: …` of a parameter that is taken to be of a type. */
  #lambda(parameter: Type, result: Type, depth: number): string {
    const name = this.#newName();
    return this.#within([{ name, type: parameter }], () => `lambda ${name}: ${this.make(result, depth - 1)}`);
  }

  #lambdaCall(type: Type, depth: number): string {
    const given = this.dice.weighted(COMMON);
    const value = this.make(given, depth - 1);
    return `(${this.#lambda(given, type, depth)})(${value})`;
  }

  /** A comprehension whose elements work on something big, again and again. */
  #loop(open: string, close: string, element: Type, depth: number): string {
    const methods = METHODS_BY_RESULT[element];
    const method = methods.length > 0 && this.dice.chance(0.5) ? this.dice.pick(methods) : undefined;
    const type = method?.owner ?? (this.dice.chance(0.5) ? element : this.dice.weighted(COMMON));
    const value = this.#leaf(type, BIG_IN_LOOPS);
    const [big, count] = [this.#newName(), this.#newName()];
    const locals: Local[] = [
      { name: big, type },
      { name: count, type: 'int' },
    ];
    return this.#within(locals, () => {
      const made = method
        ? `${big}.${method.signature.name}(${this.#arguments(method.signature.args, depth - 1).join(', ')})`
        : this.make(element, depth - 1);
      const rounds = `for ${big} in [${value}] for ${count} in range(${this.dice.pick(ROUNDS)})`;
      const condition = this.dice.chance(0.3) ? ` if ${this.make('bool', depth - 1)}` : '';
      return `${open}${made} ${rounds}${condition}${close}`;
    });
  }

  /** A comprehension over the items of something that can be walked. */
  walk(open: string, close: string, element: Type, depth: number): string {
    if (this.dice.chance(0.6)) return this.#loop(open, close, element, depth);
    const items = this.argument('iterable', depth - 1);
    const name = this.#newName();
    return this.#within([{ name, type: this.dice.weighted(COMMON) }], () => {
      const made = this.make(element, depth - 1);
      const condition = this.dice.chance(0.4) ? ` if ${this.make('bool', depth - 1)}` : '';
      return `${open}${made} for ${name} in ${items}${condition}${close}`;
    });
  }

  #within(locals: Local[], make: () => string): string {
    const outer = this.#locals;
    this.#locals = [...outer, ...locals];
    const text = make();
    this.#locals = outer;
    return text;
  }

  #newName(): string {
    this.#names += 1;
    return `v${this.#names}`;
  }

  slice(depth: number): string {
    const end = () => (this.dice.chance(0.5) ? '' : this.make('int', depth - 1));
    return this.dice.pick([':', '::-1', '::2', `${end()}:${end()}`, `${end()}:${end()}:${end()}`]);
  }

  format(depth: number): string {
    const directives = Array.from({ length: 1 + this.dice.below(3) }, () => this.dice.pick(DIRECTIVES)).join('');
    const value = this.make(this.dice.weighted(COMMON), depth - 1);
    const times = this.dice.pick(['1', '3', '100', '3000']);
    return this.dice.pick([
      `('${directives}'*${times}) % ((${value},)*${times})`,
      `'${directives}' % (${value},)`,
      `'${directives}' % ${value}`,
      `('%(a)s%(b)r'*${times}) % dict(a=${value}, b=${this.make('list', depth - 1)})`,
      `${this.make('text', depth - 1)} % ${value}`,
    ]);
  }
}

interface Owned {
  owner: Type;
  signature: Signature;
}

const UNBOUND: ReadonlySet<Type> = new Set<Type>(['text', 'list', 'tuple', 'set', 'dict']);
const IDENTITY = FUNCTIONS.filter(({ name }) => name === 'max' || name === 'sum');

const FUNCTIONS_BY_RESULT: Partial<Record<Type, Signature[]>> = Object.fromEntries(
  TYPES.map((type) => [type, FUNCTIONS.filter(({ result }) => result === type)]).filter(
    ([, found]) => found!.length > 0,
  ),
);

const METHODS_BY_RESULT: Record<Type, Owned[]> = Object.fromEntries(
  TYPES.map((type) => [
    type,
    Object.entries(METHODS).flatMap(([owner, signatures]) =>
      signatures.filter(({ result }) => result === type).map((signature) => ({ owner: owner as Type, signature })),
    ),
  ]),
) as Record<Type, Owned[]>;
