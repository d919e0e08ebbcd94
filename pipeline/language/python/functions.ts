import type { Ambient } from './ambient';
import { isPlainDict, plainSize } from './dicts';
import { typeError } from './errors';
import type { Meter } from './limits';
import { numberCost } from './numbers';
import {
  type CallArguments,
  PyBytes,
  PyDict,
  PyIterator,
  PyObject,
  PySet,
  PyTuple,
  type PyValue,
  PyView,
} from './values';

/** What a running expression may use; a new one for each fragment. */
export interface Run {
  readonly meter: Meter;
  readonly ambient: Ambient;
  /** Patterns of regular expressions that were compiled before. */
  readonly patterns: Map<string, unknown>;
  /** Calls a function of the language. */
  call(callee: PyValue, positional: PyValue[]): PyValue;
}

export type Implementation = (args: BoundArguments, run: Run) => PyValue;

/** What a method gets: the value before the dot first. */
export type Method<Self> = (self: Self, args: BoundArguments, run: Run) => PyValue;

/** The methods of a type. */
export class MethodTable<Self extends PyValue> {
  readonly #methods: ReadonlyMap<string, Method<Self>>;

  /**
   * @param constant names of those that look at a part of their object only, however big it is: what else they touch they
   * pay for themselves
   */
  constructor(
    methods: Record<string, Method<Self>>,
    readonly constant: ReadonlySet<string> = new Set(),
  ) {
    this.#methods = new Map(Object.entries(methods));
  }

  get names(): string[] {
    return [...this.#methods.keys()];
  }

  has(name: string): boolean {
    return this.#methods.has(name);
  }

  /** The method as a function of its other arguments. */
  bind(self: Self, name: string): PyFunction | undefined {
    const method = this.#methods.get(name);
    if (!method) return undefined;
    const isConstant = this.constant.has(name);
    return new PyFunction(name, (args, run) => {
      if (!isConstant) run.meter.charge(shallowSize(self, run.meter));
      return method(self, args, run);
    });
  }
}

export function methodTable<Self extends PyValue>(
  methods: Record<string, Method<Self>>,
  { constant = [] }: { constant?: string[] } = {},
): MethodTable<Self> {
  return new MethodTable(methods, new Set(constant));
}

/** Arguments of a call with the helpers that every implementation needs. */
export class BoundArguments {
  constructor(
    readonly callee: string,
    readonly values: CallArguments,
  ) {}

  get positional(): PyValue[] {
    return this.values.positional;
  }

  get keywords(): ReadonlyMap<string, PyValue> {
    return this.values.keywords;
  }

  /**
   * Values in the order of `names`: a name ending in `?` may be left out (undefined).
   *
   * @example const [separator, limit] = args.bind('separator?', 'maxsplit?');
   */
  bind(...names: string[]): (PyValue | undefined)[] {
    const bare = names.map((name) => name.replace('?', ''));
    if (this.positional.length > names.length) throw typeError(`${this.callee}() takes ${names.length} arguments`);
    for (const keyword of this.keywords.keys()) {
      if (!bare.includes(keyword)) throw typeError(`${this.callee}() got an unexpected keyword '${keyword}'`);
      if (bare.indexOf(keyword) < this.positional.length) throw typeError(`${this.callee}() got '${keyword}' twice`);
    }
    return names.map((name, index) => {
      const value = this.positional[index] ?? this.keywords.get(bare[index]!);
      const given = index < this.positional.length ? this.positional[index] : value;
      if (given === undefined && !name.endsWith('?')) throw typeError(`${this.callee}() misses '${bare[index]}'`);
      return given;
    });
  }

  /** Positional arguments only, with no keyword. */
  many(): PyValue[] {
    if (this.keywords.size > 0) throw typeError(`${this.callee}() takes no keyword arguments`);
    return this.positional;
  }
}

/** Units of work to bind the arguments of a call. */
const CALL = 40;

/** A builtin function or a bound method. */
export class PyFunction extends PyObject {
  readonly typeName: string = 'builtin_function_or_method';

  constructor(
    readonly name: string,
    readonly implementation: Implementation,
    readonly description?: string,
    /** It does not look at its arguments, or pays for that by itself. */
    readonly takesAny = false,
  ) {
    super();
  }

  /** Whatever it does, it pays for looking at its arguments; what it does besides it pays for itself. */
  invoke(values: CallArguments, run: Run): PyValue {
    const { meter } = run;
    meter.charge(CALL);
    if (!this.takesAny) {
      for (const value of values.positional) meter.charge(shallowSize(value, meter));
      if (values.keywords.size > 0) {
        for (const value of values.keywords.values()) meter.charge(shallowSize(value, meter));
      }
    }
    return this.implementation(new BoundArguments(this.name, values), run);
  }

  override repr(meter: Meter): string {
    return this.description ?? super.repr(meter);
  }
}

/** A type: callable, with its methods unbound (`str.upper`) and what else hangs on it (`datetime.now`). */
export class PyType extends PyFunction {
  override readonly typeName = 'type';

  constructor(
    name: string,
    implementation: Implementation,
    readonly members: (name: string) => PyValue | undefined = () => undefined,
  ) {
    super(name, implementation, `<class '${name}'>`);
  }

  override attribute(name: string): PyValue | undefined {
    return this.members(name);
  }

  override key(): string {
    return `type ${this.name}`;
  }
}

/** `json`, `datetime`, `os.path`: a fixed set of members. */
export class PyModule extends PyObject {
  readonly typeName = 'module';

  constructor(
    readonly name: string,
    readonly members: ReadonlyMap<string, PyValue>,
    /** Names that runs by the first rules do not find. */
    readonly newer: readonly string[] = [],
  ) {
    super();
  }

  override attribute(name: string): PyValue | undefined {
    return this.members.get(name);
  }
}

export function moduleOf(
  name: string,
  members: Record<string, PyValue | Implementation>,
  newer: readonly string[] = [],
): PyModule {
  const entries = Object.entries(members).map(([key, member]): [string, PyValue] => [
    key,
    typeof member === 'function' ? new PyFunction(key, member) : member,
  ]);
  return new PyModule(name, new Map(entries), newer);
}

/** Units of work to look at a value itself, without what is in it: its characters, bytes or items. */
function shallowSize(value: PyValue, meter: Meter): number {
  if (typeof value === 'string') return value.length;
  if (typeof value === 'bigint') return numberCost(value);
  if (typeof value !== 'object' || value === null) return 1;
  if (Array.isArray(value)) return value.length;
  if (value instanceof PyTuple || value instanceof PyView || value instanceof PyIterator) return value.items.length;
  if (value instanceof PyDict || value instanceof PySet) return value.size;
  if (value instanceof PyBytes) return value.bytes.length;
  return isPlainDict(value) ? plainSize(value, meter) : 1;
}
