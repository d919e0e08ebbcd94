import { isDict, isPlainDict, plainKeys, plainSize } from './dicts';
import { typeError, valueError } from './errors';
import type { Run } from './functions';
import type { Meter } from './limits';
import { isInt, toIndex } from './numbers';
import { languageOf } from './rules';
import {
  AttributeObject,
  PyBytes,
  PyDict,
  PyIterator,
  PyObject,
  PyRange,
  PySet,
  type PySlice,
  PyTuple,
  type PyValue,
  PyView,
  typeName,
} from './values';

/** Units of work to pick one item, and to join it with others. */
const PICKED = 6;

const SURROGATE = /[\ud800-\udfff]/;

/** Characters as Python counts them: code points. */
export function characters(text: string, meter: Meter): string[] {
  meter.split(text);
  return SURROGATE.test(text) ? Array.from(text) : text.split('');
}

/** How many code points a text has. */
export function textLength(text: string, meter: Meter): number {
  meter.scan(text.length);
  if (!SURROGATE.test(text)) return text.length;
  meter.split(text);
  let length = 0;
  for (const _ of text) length++;
  return length;
}

/** Items of anything that can be walked; one-time iterators are used up. */
export function iterate(value: PyValue, meter: Meter): readonly PyValue[] {
  if (Array.isArray(value)) return walked(value, meter);
  if (value instanceof PyTuple || value instanceof PyView) return walked(value.items, meter);
  if (typeof value === 'string') {
    meter.items(value.length);
    return characters(value, meter);
  }
  if (value instanceof PyRange) {
    meter.items(value.length);
    return Array.from({ length: value.length }, (_, index) => value.at(index));
  }
  if (value instanceof PyIterator) {
    const rest = walked(value.items, meter).slice(value.position);
    value.position = value.items.length;
    return rest;
  }
  if (value instanceof PyDict) return value.entries(meter).map(([key]) => key);
  if (value instanceof PySet) return value.items(meter);
  if (value instanceof PyBytes) {
    meter.items(value.bytes.length);
    return [...value.bytes];
  }
  if (isPlainDict(value)) return plainKeys(value, meter);
  throw typeError(`'${typeName(value)}' object is not iterable`);
}

function walked(items: readonly PyValue[], meter: Meter): readonly PyValue[] {
  meter.items(items.length);
  return items;
}

/** len(value). */
export function lengthOf(value: PyValue, meter: Meter): number {
  if (typeof value === 'string') return textLength(value, meter);
  if (Array.isArray(value)) return value.length;
  if (value instanceof PyTuple || value instanceof PyView) return value.items.length;
  if (value instanceof PyRange) return value.length;
  if (value instanceof PyDict || value instanceof PySet) return value.size;
  if (value instanceof PyBytes) return value.bytes.length;
  if (isPlainDict(value)) return plainSize(value, meter);
  throw typeError(`object of type '${typeName(value)}' has no len()`);
}

/** `object[index]` for a plain index or key. */
export function itemAt(object: PyValue, index: PyValue, meter: Meter): PyValue {
  if (isDict(object)) return dictItem(object, index, meter);
  if (object instanceof AttributeObject) throw typeError('the object is not subscriptable');
  const at = (length: number): number => position(object, index, length);
  if (Array.isArray(object)) return object[at(object.length)]!;
  if (object instanceof PyTuple) return object.items[at(object.items.length)]!;
  if (typeof object === 'string') {
    meter.scan(object.length);
    if (!SURROGATE.test(object)) return object[at(object.length)]!;
    const items = characters(object, meter);
    return items[at(items.length)]!;
  }
  if (object instanceof PyRange) return object.at(at(object.length));
  if (object instanceof PyBytes) return object.bytes[at(object.bytes.length)]!;
  const item = object instanceof PyObject ? object.item(index) : undefined;
  if (item !== undefined) return item;
  throw typeError(`'${typeName(object)}' object is not subscriptable`);
}

function dictItem(dict: PyValue, key: PyValue, meter: Meter): PyValue {
  let value: PyValue | undefined;
  if (dict instanceof PyDict) value = dict.get(key, meter);
  else if (typeof key === 'string' && isPlainDict(dict) && Object.hasOwn(dict, key)) value = dict[key];
  if (value === undefined) throw valueError('key error');
  return value;
}

function position(object: PyValue, index: PyValue, length: number): number {
  const number = typeof index === 'boolean' ? Number(index) : index;
  if (!isInt(number)) throw typeError(`${typeName(object)} indices must be integers, not ${typeName(index)}`);
  const at = toIndex(number) < 0 ? toIndex(number) + length : toIndex(number);
  if (at < 0 || at >= length) throw valueError(`${typeName(object)} index out of range`);
  return at;
}

/** `object[start:stop:step]`. */
export function sliceOf(object: PyValue, slice: PySlice, { meter, ambient }: Pick<Run, 'meter' | 'ambient'>): PyValue {
  if (typeof object === 'string') return textSlice(object, slice, meter);
  if (Array.isArray(object)) return picked(object, slice, meter);
  if (object instanceof PyTuple) return new PyTuple(picked(object.items, slice, meter));
  if (object instanceof PyBytes) {
    meter.items(object.bytes.length);
    return new PyBytes(Uint8Array.from(picked([...object.bytes], slice, meter)));
  }
  if (object instanceof PyRange) {
    const { start, stop, step, count } = sliceIndices(slice, object.length);
    const end = languageOf(ambient) === 1 ? start + count * step : stop;
    return new PyRange(object.at(start), object.at(end), object.step * step);
  }
  throw typeError(`'${typeName(object)}' object cannot be sliced`);
}

function textSlice(text: string, slice: PySlice, meter: Meter): string {
  meter.scan(text.length);
  if (!SURROGATE.test(text)) {
    const { start, step, count } = sliceIndices(slice, text.length);
    meter.produce(count);
    if (step === 1) return text.slice(start, start + count);
  }
  return picked(characters(text, meter), slice, meter).join('');
}

function picked<T>(items: readonly T[], slice: PySlice, meter: Meter): T[] {
  const { start, step, count } = sliceIndices(slice, items.length);
  meter.charge(count * PICKED);
  if (step === 1) return items.slice(start, start + count);
  return Array.from({ length: count }, (_, index) => items[start + index * step]!);
}

function sliceIndices(slice: PySlice, length: number): { start: number; stop: number; step: number; count: number } {
  const step = bound(slice.step) ?? 1;
  if (step === 0) throw valueError('slice step cannot be zero');
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const clamp = (value: number | undefined, missing: number): number => {
    if (value === undefined) return missing;
    return Math.min(Math.max(value < 0 ? value + length : value, low), high);
  };
  const start = clamp(bound(slice.start), step > 0 ? low : high);
  const stop = clamp(bound(slice.stop), step > 0 ? high : low);
  return { start, stop, step, count: Math.max(0, Math.ceil((stop - start) / step)) };
}

function bound(value: PyValue): number | undefined {
  if (value === null) return undefined;
  const number = typeof value === 'boolean' ? Number(value) : value;
  if (!isInt(number)) throw typeError('slice indices must be integers or None');
  return toIndex(number);
}
