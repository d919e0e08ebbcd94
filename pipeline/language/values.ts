import type { Json } from '../json';
import { limitError, typeError } from './errors';
import { MAX_VALUE_DEPTH } from './limits';
import { numberText } from './number-text';
import { isFloat, isInt, isNumber, PyFloat, toFloat } from './numbers';

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
  attribute(_name: string): PyValue | undefined {
    return undefined;
  }

  /** repr(); what has an address in Python has no text here, as it would differ at every replay. */
  repr(): string {
    throw typeError(`'${this.typeName}' has no stable text`);
  }

  text(): string {
    return this.repr();
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

  static of(entries: Iterable<readonly [PyValue, PyValue]>): PyDict {
    const dict = new PyDict();
    for (const [key, value] of entries) dict.set(key, value);
    return dict;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: PyValue): PyValue | undefined {
    return this.#entries.get(keyOf(key))?.[1];
  }

  has(key: PyValue): boolean {
    return this.#entries.has(keyOf(key));
  }

  set(key: PyValue, value: PyValue): void {
    const id = keyOf(key);
    const old = this.#entries.get(id);
    this.#entries.set(id, [old ? old[0] : key, value]);
  }

  delete(key: PyValue): boolean {
    return this.#entries.delete(keyOf(key));
  }

  clear(): void {
    this.#entries.clear();
  }

  entries(): [PyValue, PyValue][] {
    return [...this.#entries.values()];
  }
}

export class PySet {
  readonly #items = new Map<string, PyValue>();

  constructor(items: Iterable<PyValue> = []) {
    for (const item of items) this.add(item);
  }

  get size(): number {
    return this.#items.size;
  }

  has(item: PyValue): boolean {
    return this.#items.has(keyOf(item));
  }

  add(item: PyValue): void {
    const id = keyOf(item);
    if (!this.#items.has(id)) this.#items.set(id, item);
  }

  delete(item: PyValue): boolean {
    return this.#items.delete(keyOf(item));
  }

  clear(): void {
    this.#items.clear();
  }

  /** Small ints come out in order, as in CPython; text in order of arrival (CPython's order is random). */
  items(): PyValue[] {
    const items = [...this.#items.values()];
    return items.every((item) => typeof item === 'number') ? (items as number[]).sort((a, b) => a - b) : items;
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

/** True for a JSON object of the context: every other object here has a class. */
export function isPlainDict(value: PyValue): value is PlainDict {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Not compared with Object.prototype: in a V8 sandbox arguments may come from another realm.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

export function isDict(value: PyValue): value is PlainDict | PyDict {
  return value instanceof PyDict || isPlainDict(value);
}

/** A dict as PyDict; the same object when it is one. */
export function dictOf(value: PlainDict | PyDict): PyDict {
  return value instanceof PyDict ? value : PyDict.of(Object.entries(value));
}

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

/** Python's bool(value) (spec appendix C). */
export function truthy(value: PyValue): boolean {
  if (value === null || value === false || value === 0 || value === '') return false;
  if (typeof value !== 'object') return value !== 0n;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof PyFloat) return value.value !== 0;
  if (value instanceof PyTuple || value instanceof PyView) return value.items.length > 0;
  if (value instanceof PyDict || value instanceof PySet) return value.size > 0;
  if (value instanceof PyRange) return value.length > 0;
  if (value instanceof PyBytes) return value.bytes.length > 0;
  if (value instanceof PyObject) return value.truthy();
  if (isPlainDict(value)) return Object.keys(value).length > 0;
  return true;
}

/**
 * Equal hashable values have equal texts: `1`, `1.0` and `True` are one dict key. Throws for what Python cannot hash.
 */
export function keyOf(value: PyValue): string {
  if (typeof value === 'string') return `s${value}`;
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'n1' : 'n0';
  if (isNumber(value)) return `n${isFloat(value) ? keyOfFloat(toFloat(value)) : BigInt(value)}`;
  if (value instanceof PyTuple) {
    const keys = value.items.map(keyOf);
    return `t${keys.map((key) => key.length).join(',')}:${keys.join('')}`;
  }
  if (value instanceof PyBytes) return `b${value.bytes.join(',')}`;
  if (value instanceof PyRange) return `r${value.start},${value.stop},${value.step}`;
  const key = value instanceof PyObject ? value.key() : undefined;
  if (key === undefined) throw typeError(`unhashable type: '${typeName(value)}'`);
  return `o${key}`;
}

function keyOfFloat(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : String(value);
}

/** Python str() of a JSON value or AttributeObject (spec appendix C): what a value looks like inside other text. */
export function pythonStr(value: ScopeValue): string {
  return textOf(value as PyValue);
}

/** Python repr() of a JSON value or AttributeObject (spec appendix C): strings quoted. */
export function pythonRepr(value: ScopeValue): string {
  return reprOf(value as PyValue);
}

/** Python truthiness of a JSON value or AttributeObject. */
export function pythonBool(value: ScopeValue): boolean {
  return truthy(value as PyValue);
}

/** str() of any value of the language. */
export function textOf(value: PyValue): string {
  if (typeof value === 'string') return value;
  return value instanceof PyObject ? value.text() : reprOf(value);
}

/** repr() of any value of the language. */
export function reprOf(value: PyValue, depth = 0): string {
  if (depth > MAX_VALUE_DEPTH) throw limitError('the value is nested too deeply');
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return quote(value);
  if (isNumber(value)) return numberText(value);
  const each = (items: readonly PyValue[]): string => items.map((item) => reprOf(item, depth + 1)).join(', ');
  if (Array.isArray(value)) return `[${each(value)}]`;
  if (value instanceof PyTuple) return value.items.length === 1 ? `(${each(value.items)},)` : `(${each(value.items)})`;
  if (value instanceof PySet) return value.size === 0 ? 'set()' : `{${each(value.items())}}`;
  if (value instanceof PyBytes) return quoteBytes(value.bytes);
  if (value instanceof PyRange) return rangeText(value);
  if (value instanceof PySlice) return `slice(${each([value.start, value.stop, value.step])})`;
  if (value instanceof PyView) return `${value.typeName}([${each(value.items)}])`;
  if (value instanceof PyObject) return value.repr();
  if (value instanceof AttributeObject) return value.text;
  if (value instanceof PyIterator) throw typeError(`'${value.typeName}' has no stable text`);
  const entries = value instanceof PyDict ? value.entries() : Object.entries(value);
  return `{${entries.map(([key, item]) => `${reprOf(key, depth + 1)}: ${reprOf(item, depth + 1)}`).join(', ')}}`;
}

function rangeText(range: PyRange): string {
  return range.step === 1
    ? `range(${range.start}, ${range.stop})`
    : `range(${range.start}, ${range.stop}, ${range.step})`;
}

const QUICK_TEXT = /^[ -&(-[\]-~]*$/;
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** repr() of a string: single quotes unless only double ones avoid an escape; what is not printable as \x, \u, \U. */
function quote(text: string): string {
  if (QUICK_TEXT.test(text)) return `'${text}'`;
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  let out = '';
  for (const character of text) {
    const escaped = ESCAPES[character];
    if (escaped) out += escaped;
    else if (character === mark) out += `\\${mark}`;
    else out += isPrintable(character) ? character : escapeCode(character.codePointAt(0)!);
  }
  return mark + out + mark;
}

function escapeCode(code: number): string {
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}

/** str.isprintable() of one character. */
export function isPrintable(character: string): boolean {
  return character === ' ' || !/[\p{C}\p{Z}]/u.test(character);
}

function quoteBytes(bytes: Uint8Array): string {
  const hasSingle = bytes.includes(0x27);
  const mark = hasSingle && !bytes.includes(0x22) ? '"' : "'";
  let out = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    const escaped = ESCAPES[character];
    if (escaped) out += escaped;
    else if (character === mark) out += `\\${mark}`;
    else out += byte >= 0x20 && byte < 0x7f ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return `b${mark}${out}${mark}`;
}
