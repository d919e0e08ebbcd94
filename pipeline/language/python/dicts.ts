import type { Meter } from './limits';
import { type PlainDict, PyDict, type PyValue } from './values';

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

export function isEmptyDict(value: PlainDict): boolean {
  for (const _ in value) return false;
  return true;
}
