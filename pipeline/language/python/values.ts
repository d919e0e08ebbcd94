import type { Json } from '../../json';
import { limitError, typeError } from './errors';
import { MAX_VALUE_DEPTH, type Meter } from './limits';
import { numberText } from './number-text';
import { isFloat, isInt, isNumber, PyFloat, type PyNumber, toFloat } from './numbers';

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
export function dictOf(value: PlainDict | PyDict, meter: Meter): PyDict {
  return value instanceof PyDict ? value : PyDict.of(entriesOf(value, meter), meter);
}

/** Key and value pairs of a dict. */
export function entriesOf(value: PlainDict | PyDict, meter: Meter): [PyValue, PyValue][] {
  return value instanceof PyDict ? value.entries(meter) : plainEntries(value, meter);
}

/** Keys of a dict of the context, which is as big as what users send: they are counted before they are listed. */
export function plainKeys(value: PlainDict, meter: Meter): string[] {
  payListing(value, meter);
  return Object.keys(value);
}

function plainEntries(value: PlainDict, meter: Meter): [string, PyValue][] {
  payListing(value, meter);
  return Object.entries(value);
}

function payListing(value: PlainDict, meter: Meter): void {
  const size = plainSize(value, meter);
  meter.items(size);
  meter.charge(size * LISTED);
}

/** Units of work to find one key of a dict that nobody has counted yet. */
const COUNTED = 15;
/** Units of work to list one key of a dict of the context. */
const LISTED = 40;

/** How many keys a dict of the context has; counted once a meter. */
export function plainSize(value: PlainDict, meter: Meter): number {
  let size = COUNTS.get(value);
  if (size === undefined) {
    size = 0;
    for (const _ in value) size++;
    if (size >= LEAST_KNOWN) COUNTS.set(value, size);
  }
  meter.once(value, size * COUNTED);
  return size;
}

/** Of dicts of the context, which are never changed. */
const COUNTS = new WeakMap<object, number>();
const LEAST_KNOWN = 20;

/** Units of work to look at a value itself, without what is in it: its characters, bytes or items. */
export function shallowSize(value: PyValue, meter: Meter): number {
  if (typeof value === 'string') return value.length;
  if (typeof value === 'bigint') return numberCost(value);
  if (typeof value !== 'object' || value === null) return 1;
  if (Array.isArray(value)) return value.length;
  if (value instanceof PyTuple || value instanceof PyView || value instanceof PyIterator) return value.items.length;
  if (value instanceof PyDict || value instanceof PySet) return value.size;
  if (value instanceof PyBytes) return value.bytes.length;
  return isPlainDict(value) ? plainSize(value, meter) : 1;
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

/** Python's bool(value) (bk-sops §4.8). */
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
  if (isPlainDict(value)) return !isEmptyDict(value);
  return true;
}

export function isEmptyDict(value: PlainDict): boolean {
  for (const _ in value) return false;
  return true;
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

/** Units of work to write a number or to calculate with it: big integers cost by their length. */
export function numberCost(value: PyNumber): number {
  if (typeof value !== 'bigint') return 15;
  return BigInt.asIntN(256, value) === value ? 40 : 4_000;
}

function keyOfFloat(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : String(value);
}

/** Python str() of a JSON value or AttributeObject (bk-sops §4.8): what a value looks like inside other text. */
export function pythonStr(value: ScopeValue, meter: Meter): string {
  return textOf(value as PyValue, meter);
}

/** Python repr() of a JSON value or AttributeObject (bk-sops §4.8): strings quoted. */
export function pythonRepr(value: ScopeValue, meter: Meter): string {
  return reprOf(value as PyValue, meter);
}

/** Python truthiness of a JSON value or AttributeObject. */
export function pythonBool(value: ScopeValue): boolean {
  return truthy(value as PyValue);
}

/** str() of any value of the language. */
export function textOf(value: PyValue, meter: Meter): string {
  if (typeof value === 'string') return value;
  return value instanceof PyObject ? value.text() : reprOf(value, meter);
}

/** repr() of any value of the language. */
export function reprOf(value: PyValue, meter: Meter, depth = 0): string {
  if (depth > MAX_VALUE_DEPTH) throw limitError(`a value of more than the limit of ${MAX_VALUE_DEPTH} levels`);
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') {
    meter.produce(value.length);
    return quote(value, meter);
  }
  if (isNumber(value)) {
    meter.charge(numberCost(value));
    return numberText(value);
  }
  const each = (items: readonly PyValue[]): string => {
    meter.items(items.length);
    const texts = items.map((item) => reprOf(item, meter, depth + 1));
    return joined(texts, meter);
  };
  if (Array.isArray(value)) return `[${each(value)}]`;
  if (value instanceof PyTuple) return value.items.length === 1 ? `(${each(value.items)},)` : `(${each(value.items)})`;
  if (value instanceof PySet) return value.size === 0 ? 'set()' : `{${each(value.items(meter))}}`;
  if (value instanceof PyBytes) {
    meter.charge(value.bytes.length * 10);
    return quoteBytes(value.bytes);
  }
  if (value instanceof PyRange) return rangeText(value);
  if (value instanceof PySlice) return `slice(${each([value.start, value.stop, value.step])})`;
  if (value instanceof PyView) return `${value.typeName}([${each(value.items)}])`;
  if (value instanceof PyObject) return value.repr();
  if (value instanceof AttributeObject) return value.text;
  if (value instanceof PyIterator) throw typeError(`'${value.typeName}' has no stable text`);
  const texts = entriesOf(value, meter).map(
    ([key, item]) => `${reprOf(key, meter, depth + 1)}: ${reprOf(item, meter, depth + 1)}`,
  );
  return `{${joined(texts, meter)}}`;
}

/** Every level of a value writes its parts once more. */
function joined(texts: string[], meter: Meter): string {
  meter.produce(texts.reduce((length, text) => length + text.length + 2, 0));
  return texts.join(', ');
}

function rangeText(range: PyRange): string {
  return range.step === 1
    ? `range(${range.start}, ${range.stop})`
    : `range(${range.start}, ${range.stop}, ${range.step})`;
}

/** Units of work to ask of one character what it is. */
export const CLASSIFIED = 12;

const QUICK_TEXT = /^[ -&(-[\]-~]*$/;
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** repr() of a string: single quotes unless only double ones avoid an escape; what is not printable as \x, \u, \U. */
function quote(text: string, meter: Meter): string {
  if (QUICK_TEXT.test(text)) return `'${text}'`;
  meter.charge(text.length * CLASSIFIED);
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
