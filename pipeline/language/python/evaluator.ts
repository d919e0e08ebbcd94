import type { Ambient } from './ambient';
import type { Clause, Expression, Parameter, Target } from './ast';
import { attributeOf, CHANGING_METHODS } from './attributes';
import { BUILTINS } from './builtins';
import { asNumber } from './compare';
import { entriesOf, isDict, isPlainDict } from './dicts';
import { ExpressionError, limitError, typeError, valueError } from './errors';
import { PyFunction, PyModule, type Run } from './functions';
import type { Meter } from './limits';
import { parseInteger } from './number-text';
import { bitwise, isInt, makeFloat, negate, numberCost } from './numbers';
import { binary, compareOnce } from './operators';
import { languageOf } from './rules';
import { itemAt, iterate, sliceOf } from './sequences';
import { truthy } from './truth';
import {
  AttributeObject,
  type CallArguments,
  PyBytes,
  PyDict,
  PyIterator,
  PyObject,
  PySet,
  PySlice,
  PyTuple,
  type PyValue,
  type ScopeValue,
  typeName,
} from './values';

/** Looks a root name up; undefined: unknown. */
export type Scope = (name: string) => ScopeValue | undefined;

/** Names of comprehensions and lambda parameters, innermost first. */
interface Locals {
  readonly names: Map<string, PyValue>;
  readonly outer: Locals | undefined;
}

const MAX_CALL_DEPTH = 50;
/** Units of work to look for a name in one scope. */
const LOOK = 3;

/**
 * Evaluates an expression (bk-sops §4.1). Throws ExpressionError; the meter bounds what it may cost.
 *
 * @example evaluate(parseSource('n + 1').expression, (name) => (name === 'n' ? 5 : undefined), ambient) // 6
 */
export function evaluate(expression: Expression, scope: Scope, ambient: Ambient, meter: Meter): PyValue {
  return new Evaluation(scope, ambient, meter).value(expression, undefined);
}

class Lambda extends PyObject {
  readonly typeName = 'function';

  constructor(
    readonly parameters: readonly Parameter[],
    readonly initials: ReadonlyMap<string, PyValue>,
    readonly body: Expression,
    readonly locals: Locals | undefined,
  ) {
    super();
  }
}

class Evaluation implements Run {
  readonly patterns = new Map<string, unknown>();
  /** Values of the context that were read, and, once it was asked for, all that stands in them: each is walked once. */
  readonly #read = new Set<PyValue>();
  readonly #ofContext = new Set<unknown>();
  /** Copies of context values for an expression that changes them. */
  readonly #copies = new Map<string, PyValue>();
  #callDepth = 0;

  constructor(
    readonly scope: Scope,
    readonly ambient: Ambient,
    readonly meter: Meter,
  ) {}

  value(node: Expression, locals: Locals | undefined): PyValue {
    this.meter.step();
    switch (node.kind) {
      case 'name':
        return this.#name(node.name, locals);
      case 'const':
        return node.value;
      case 'int':
        return integerLiteral(node.digits, this.meter);
      case 'float':
        return makeFloat(node.value);
      case 'bytes':
        return new PyBytes(Uint8Array.from(node.bytes));
      case 'list':
        return this.#items(node.items, locals);
      case 'tuple':
        return new PyTuple(this.#items(node.items, locals));
      case 'set':
        return PySet.of(this.#items(node.items, locals), this.meter);
      case 'dict':
        return PyDict.of(
          node.entries.map(([key, item]): [PyValue, PyValue] => [this.value(key, locals), this.value(item, locals)]),
          this.meter,
        );
      case 'starred':
        throw typeError("can't use starred expression here");
      case 'attribute':
        return this.#attribute(this.value(node.object, locals), node.name);
      case 'subscript':
        return this.#subscript(this.value(node.object, locals), this.value(node.index, locals));
      case 'slice':
        return new PySlice(
          node.start ? this.value(node.start, locals) : null,
          node.stop ? this.value(node.stop, locals) : null,
          node.step ? this.value(node.step, locals) : null,
        );
      case 'call':
        return this.#callNode(node, locals);
      case 'binary':
        return binary(node.operator, this.value(node.left, locals), this.value(node.right, locals), this);
      case 'unary':
        return unary(node.operator, this.value(node.operand, locals), this.meter);
      case 'logic': {
        const left = this.value(node.left, locals);
        return truthy(left) === (node.operator === 'or') ? left : this.value(node.right, locals);
      }
      case 'compare':
        return this.#comparison(node, locals);
      case 'ternary':
        return this.value(truthy(this.value(node.test, locals)) ? node.then : node.otherwise, locals);
      case 'lambda':
        return this.#lambda(node, locals);
      case 'comprehension':
        return this.#comprehension(node, locals);
      default:
        return node satisfies never;
    }
  }

  call(callee: PyValue, positional: PyValue[]): PyValue {
    return this.#invoke(callee, { positional, keywords: new Map() });
  }

  #name(name: string, locals: Locals | undefined): PyValue {
    for (let level = locals; level; level = level.outer) {
      this.meter.charge(LOOK);
      const value = level.names.get(name);
      if (value !== undefined) return value;
    }
    const copied = this.#copies.get(name);
    if (copied !== undefined) return copied;
    const value = this.scope(name) as PyValue | undefined;
    if (typeof value === 'object' && value !== null) this.#read.add(value);
    if (value !== undefined) return value;
    const builtin = BUILTINS.get(name);
    if (builtin === undefined) throw new ExpressionError('missing_variable', `name '${name}' is not defined`);
    return builtin;
  }

  #attribute(object: PyValue, name: string): PyValue {
    const isUnknown = object instanceof PyModule && object.newer.includes(name) && languageOf(this.ambient) === 1;
    if (isUnknown) throw valueError(`module '${object.name}' has no attribute '${name}'`);
    return attributeOf(object, name, this.meter);
  }

  #subscript(object: PyValue, index: PyValue): PyValue {
    return index instanceof PySlice && !isDict(object)
      ? sliceOf(object, index, this)
      : itemAt(object, index, this.meter);
  }

  #items(nodes: readonly Expression[], locals: Locals | undefined): PyValue[] {
    const items: PyValue[] = [];
    for (const node of nodes) {
      if (node.kind !== 'starred') items.push(this.value(node, locals));
      else for (const item of iterate(this.value(node.value, locals), this.meter)) items.push(item);
    }
    this.meter.items(items.length);
    return items;
  }

  #comparison(node: Extract<Expression, { kind: 'compare' }>, locals: Locals | undefined): boolean {
    let left = this.value(node.first, locals);
    for (const [operator, operand] of node.rest) {
      const right = this.value(operand, locals);
      if (!compareOnce(operator, left, right, this)) return false;
      left = right;
    }
    return true;
  }

  #callNode(node: Extract<Expression, { kind: 'call' }>, locals: Locals | undefined): PyValue {
    const callee = this.#callee(node.callee, locals);
    const positional = this.#items(node.positional, locals);
    const keywords = new Map<string, PyValue>();
    for (const [name, item] of node.keywords) {
      const value = this.value(item, locals);
      if (name !== null) keywords.set(name, value);
      else this.#spread(value, keywords);
    }
    return this.#invoke(callee, { positional, keywords });
  }

  /** A method that changes its object gets a copy of a context value, which the rest of the fragment then sees too. */
  #callee(node: Expression, locals: Locals | undefined): PyValue {
    if (node.kind !== 'attribute' || !CHANGING_METHODS.has(node.name)) return this.value(node, locals);
    this.#ownRoot(node.object, locals);
    if (languageOf(this.ambient) === 1) return this.value(node, locals);
    this.meter.step();
    const object = this.value(node.object, locals);
    return attributeOf(this.#isOfContext(object) ? this.#copy(object) : object, node.name, this.meter);
  }

  /** Whether a value stands in the context: it may have come here by other ways than its name, and is not ours to change. */
  #isOfContext(value: PyValue): boolean {
    if (!Array.isArray(value) && !isPlainDict(value)) return false;
    const open: unknown[] = [...this.#read];
    this.#read.clear();
    while (open.length > 0) {
      const one = open.pop();
      if (typeof one !== 'object' || one === null || this.#ofContext.has(one)) continue;
      this.#ofContext.add(one);
      this.meter.step();
      const parts = one instanceof AttributeObject ? one.attributes.values() : Object.values(one);
      for (const part of parts) if (typeof part === 'object' && part !== null) open.push(part);
    }
    return this.#ofContext.has(value);
  }

  #ownRoot(node: Expression, locals: Locals | undefined): void {
    let root = node;
    while (root.kind === 'subscript' || root.kind === 'attribute') root = root.object;
    if (root.kind !== 'name' || this.#copies.has(root.name)) return;
    const value = this.#name(root.name, locals);
    if (value !== null && typeof value === 'object') this.#copies.set(root.name, this.#copy(value));
  }

  #copy(value: PyValue): PyValue {
    if (Array.isArray(value)) {
      this.meter.items(value.length);
      return value.map((item) => this.#copy(item));
    }
    if (!isPlainDict(value)) return value;
    const entries = entriesOf(value, this.meter).map(([key, item]): [PyValue, PyValue] => [key, this.#copy(item)]);
    return PyDict.of(entries, this.meter);
  }

  #spread(value: PyValue, keywords: Map<string, PyValue>): void {
    if (!isDict(value)) throw typeError('argument after ** must be a mapping');
    for (const [key, item] of entriesOf(value, this.meter)) {
      if (typeof key !== 'string' || keywords.has(key)) throw typeError('bad keyword argument');
      keywords.set(key, item);
    }
  }

  #invoke(callee: PyValue, values: CallArguments): PyValue {
    this.meter.step();
    if (callee instanceof PyFunction) return callee.invoke(values, this);
    if (!(callee instanceof Lambda)) throw typeError(`'${typeName(callee)}' object is not callable`);
    if (++this.#callDepth > MAX_CALL_DEPTH)
      throw limitError(`calls of more than the limit of ${MAX_CALL_DEPTH} levels`);
    const result = this.value(callee.body, { names: bindParameters(callee, values), outer: callee.locals });
    this.#callDepth--;
    return result;
  }

  #lambda(node: Extract<Expression, { kind: 'lambda' }>, locals: Locals | undefined): PyValue {
    const initials = new Map<string, PyValue>();
    for (const { name, initial } of node.parameters) if (initial) initials.set(name, this.value(initial, locals));
    return new Lambda(node.parameters, initials, node.body, locals);
  }

  #comprehension(node: Extract<Expression, { kind: 'comprehension' }>, locals: Locals | undefined): PyValue {
    const found: PyValue[] = [];
    this.#loop(node.clauses, 0, { names: new Map(), outer: locals }, (inner) => {
      this.meter.grow(found.length);
      const element = this.value(node.element, inner);
      found.push(node.value ? new PyTuple([element, this.value(node.value, inner)]) : element);
    });
    switch (node.shape) {
      case 'list':
        return found;
      case 'generator':
        return new PyIterator('generator', found);
      case 'set':
        return PySet.of(found, this.meter);
      case 'dict':
        return PyDict.of(
          found.map((pair) => (pair as PyTuple).items as [PyValue, PyValue]),
          this.meter,
        );
      default:
        return node.shape satisfies never;
    }
  }

  #loop(clauses: readonly Clause[], index: number, locals: Locals, body: (locals: Locals) => void): void {
    const clause = clauses[index];
    if (!clause) return body(locals);
    // A copy: the body may change the list that is walked.
    for (const item of [...iterate(this.value(clause.iterable, locals), this.meter)]) {
      this.meter.step();
      const inner: Locals = { names: new Map(), outer: locals };
      this.#assign(clause.target, item, inner.names);
      if (clause.conditions.every((condition) => truthy(this.value(condition, inner)))) {
        this.#loop(clauses, index + 1, inner, body);
      }
    }
  }

  #assign(target: Target, value: PyValue, names: Map<string, PyValue>): void {
    if (typeof target === 'string') {
      names.set(target, value);
      return;
    }
    const items = iterate(value, this.meter);
    if (items.length !== target.length) throw valueError('wrong number of values to unpack');
    target.forEach((part, index) => {
      this.#assign(part, items[index]!, names);
    });
  }
}

function integerLiteral(digits: string, meter: Meter): PyValue {
  return digits.length < 16 && /^[0-9]+$/.test(digits) ? Number(digits) : parseInteger(digits, meter, 0);
}

function unary(operator: '-' | '+' | '~' | 'not', operand: PyValue, meter: Meter): PyValue {
  if (operator === 'not') return !truthy(operand);
  const number = asNumber(operand);
  if (number === undefined) {
    const negated = operator === '-' && operand instanceof PyObject ? operand.multiply(-1) : undefined;
    if (negated !== undefined) return negated;
    throw typeError(`bad operand type for unary ${operator}: '${typeName(operand)}'`);
  }
  meter.charge(numberCost(number));
  if (operator === '+') return number;
  if (operator === '-') return negate(number);
  if (!isInt(number)) throw typeError("bad operand type for unary ~: 'float'");
  return bitwise('^', number, -1);
}

function bindParameters(callee: Lambda, { positional, keywords }: CallArguments): Map<string, PyValue> {
  const names = new Map<string, PyValue>(callee.initials);
  let next = 0;
  for (const { name, many } of callee.parameters) {
    if (many) {
      names.set(name, new PyTuple(positional.slice(next)));
      next = positional.length;
    } else if (next < positional.length) names.set(name, positional[next++]!);
    else {
      const given = keywords.get(name);
      if (given !== undefined) names.set(name, given);
      if (!names.has(name)) throw typeError(`missing argument '${name}'`);
    }
  }
  const known = new Set(callee.parameters.map((parameter) => parameter.name));
  const unknown = [...keywords.keys()].some((name) => !known.has(name));
  if (next < positional.length || unknown) throw typeError('too many arguments');
  return names;
}
