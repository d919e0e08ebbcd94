import type { Json } from '../../json';
import { typeError } from './errors';
import type { Meter } from './limits';
import { isFloat, isInt, isNumber, numberCost, type PyFloat, toFloat } from './numbers';

/** A context value with attribute access (`${_system.task_id}`, `${T.col[0]}` of a datatable). `text` is its str(). */
export class AttributeObject {
  constructor(
    readonly attributes: ReadonlyMap<string, Json>,
    readonly text: string,
  ) {}
}

export type ScopeValue = Json | AttributeObject;

/** What a function was called with. */
export interface CallArguments {
  positional: PyValue[];
  keywords: ReadonlyMap<string, PyValue>;
}

/** Anything that is neither data nor a collection: functions, types, modules, dates, regex matches. */
export abstract class PyObject {
  abstract readonly typeName: string;

  /** An attribute or a bound method; undefined when there is none. */
  attribute(_name: string, _meter: Meter): PyValue | undefined {
    return undefined;
  }

  /** What stands between its brackets, `object[key]`; undefined when it has none. */
  item(_key: PyValue): PyValue | undefined {
    return undefined;
  }

  /** repr(); what has an address in Python has no text here, as it would differ at every replay. */
  repr(_meter: Meter): string {
    throw typeError(`'${this.typeName}' has no stable text`);
  }

  text(meter: Meter): string {
    return this.repr(meter);
  }

  truthy(): boolean {
    return true;
  }

  /** Equal objects have equal keys; undefined: only identical objects are equal. */
  key(): string | undefined {
    return undefined;
  }

  /** Negative, zero or positive; undefined when the two have no order. */
  compare(_other: PyValue): number | undefined {
    return undefined;
  }

  add(_other: PyValue): PyValue | undefined {
    return undefined;
  }

  subtract(_other: PyValue): PyValue | undefined {
    return undefined;
  }

  multiply(_factor: number): PyValue | undefined {
    return undefined;
  }

  divide(_divisor: PyValue, _operator: '/' | '//'): PyValue | undefined {
    return undefined;
  }
}

export class PyTuple {
  constructor(readonly items: readonly PyValue[]) {}
}

export class PyBytes {
  constructor(readonly bytes: Uint8Array) {}
}

export class PyRange {
  readonly length: number;

  constructor(
    readonly start: number,
    readonly stop: number,
    readonly step: number,
  ) {
    this.length = Math.max(0, Math.ceil((stop - start) / step));
  }

  at(index: number): number {
    return this.start + index * this.step;
  }
}

/** A slice as a value: `x[1:3]`, `slice(1, 3)`. */
export class PySlice {
  constructor(
    readonly start: PyValue,
    readonly stop: PyValue,
    readonly step: PyValue,
  ) {}
}

/** A one-time sequence: `zip`, `enumerate`, `reversed`, a generator expression, `d.items()` (which has its own text). */
export class PyIterator {
  position = 0;

  constructor(
    readonly typeName: string,
    readonly items: readonly PyValue[],
  ) {}
}

/** `d.keys()`, `d.values()`, `d.items()`: can be walked again and again, has a text. */
export class PyView {
  constructor(
    readonly typeName: 'dict_keys' | 'dict_values' | 'dict_items',
    readonly items: readonly PyValue[],
  ) {}
}

/** A dict made by an expression. Dicts of the context stay plain JSON objects and are read through `dictOf`. */
export class PyDict {
  readonly #entries = new Map<string, [PyValue, PyValue]>();

  static of(entries: Iterable<readonly [PyValue, PyValue]>, meter: Meter): PyDict {
    const dict = new PyDict();
    for (const [key, value] of entries) dict.set(key, value, meter);
    return dict;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: PyValue, meter: Meter): PyValue | undefined {
    return this.#entries.get(keyOf(key, meter))?.[1];
  }

  has(key: PyValue, meter: Meter): boolean {
    return this.#entries.has(keyOf(key, meter));
  }

  set(key: PyValue, value: PyValue, meter: Meter): void {
    const id = keyOf(key, meter);
    const old = this.#entries.get(id);
    if (!old) meter.grow(this.size);
    this.#entries.set(id, [old ? old[0] : key, value]);
  }

  delete(key: PyValue, meter: Meter): boolean {
    return this.#entries.delete(keyOf(key, meter));
  }

  clear(): void {
    this.#entries.clear();
  }

  entries(meter: Meter): [PyValue, PyValue][] {
    meter.items(this.size);
    return [...this.#entries.values()];
  }
}

export class PySet {
  readonly #items = new Map<string, PyValue>();

  static of(items: Iterable<PyValue>, meter: Meter): PySet {
    const set = new PySet();
    for (const item of items) set.add(item, meter);
    return set;
  }

  get size(): number {
    return this.#items.size;
  }

  has(item: PyValue, meter: Meter): boolean {
    return this.#items.has(keyOf(item, meter));
  }

  add(item: PyValue, meter: Meter): void {
    const id = keyOf(item, meter);
    if (this.#items.has(id)) return;
    meter.grow(this.size);
    this.#items.set(id, item);
  }

  delete(item: PyValue, meter: Meter): boolean {
    return this.#items.delete(keyOf(item, meter));
  }

  clear(): void {
    this.#items.clear();
  }

  /** Small ints come out in order, as in CPython; text in order of arrival (CPython's order is random). */
  items(meter: Meter): PyValue[] {
    meter.items(this.size);
    const items = [...this.#items.values()];
    if (!items.every((item) => typeof item === 'number')) return items;
    meter.sort(items.length);
    return (items as number[]).sort((a, b) => a - b);
  }
}

export interface PlainDict {
  [key: string]: PyValue;
}

export type PyValue =
  | null
  | boolean
  | number
  | bigint
  | PyFloat
  | string
  | PyValue[]
  | PyTuple
  | PlainDict
  | PyDict
  | PySet
  | PyBytes
  | PyRange
  | PySlice
  | PyIterator
  | PyView
  | AttributeObject
  | PyObject;

/** Type name as Python reports it. */
export function typeName(value: PyValue): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'str';
  if (isInt(value)) return 'int';
  if (isFloat(value)) return 'float';
  if (Array.isArray(value)) return 'list';
  if (value instanceof PyTuple) return 'tuple';
  if (value instanceof PySet) return 'set';
  if (value instanceof PyBytes) return 'bytes';
  if (value instanceof PyRange) return 'range';
  if (value instanceof PySlice) return 'slice';
  if (value instanceof PyObject || value instanceof PyIterator || value instanceof PyView) return value.typeName;
  if (value instanceof AttributeObject) return 'object';
  return 'dict';
}

/**
 * Equal hashable values have equal texts: `1`, `1.0` and `True` are one dict key. Throws for what Python cannot hash.
 */
export function keyOf(value: PyValue, meter: Meter): string {
  if (typeof value === 'string') {
    meter.scan(value.length * 2);
    return `s${value}`;
  }
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'n1' : 'n0';
  if (isNumber(value)) {
    meter.charge(numberCost(value));
    return `n${isFloat(value) ? keyOfFloat(toFloat(value)) : BigInt(value)}`;
  }
  if (value instanceof PyTuple) {
    meter.items(value.items.length);
    const keys = value.items.map((item) => keyOf(item, meter));
    const text = keys.join('');
    meter.produce(text.length);
    return `t${keys.map((key) => key.length).join(',')}:${text}`;
  }
  if (value instanceof PyBytes) {
    meter.charge(value.bytes.length * 10);
    return `b${value.bytes.join(',')}`;
  }
  if (value instanceof PyRange) return `r${value.start},${value.stop},${value.step}`;
  const key = value instanceof PyObject ? value.key() : undefined;
  if (key === undefined) throw typeError(`unhashable type: '${typeName(value)}'`);
  return `o${key}`;
}

function keyOfFloat(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : String(value);
}
