import { MAX_JSON_DEPTH } from '../tree/limits';
import { limitError, sealedError } from './errors';
import type { Meter } from './limits';
import { hasSealedText } from './sealed-text';
import { AttributeObject, isPlainDict, PyObject, type PyValue, plainKeys, type ScopeValue } from './values';

/**
 * A sealed secret, or a text with one in it, as expressions see it. It can be handed on whole and be put into a text;
 * whatever would look at it ends the expression: else its cipher text could be shown in another order to people who may
 * not see it, or be sent where it is opened for somebody else.
 */
export class Sealed extends PyObject {
  constructor(readonly value: string | { [key: string]: PyValue }) {
    super();
  }

  /** Asked for by everything that refuses a value of the wrong type. */
  get typeName(): string {
    throw refusal();
  }

  override repr(): string {
    throw refusal();
  }

  override truthy(): boolean {
    throw refusal();
  }

  override key(): string {
    throw refusal();
  }

  /** The text that it is part of when it is put into one. */
  get whole(): string {
    if (typeof this.value === 'string') return this.value;
    throw refusal();
  }
}

function refusal() {
  return sealedError('a password can only be handed on whole or put into a text');
}

/** @throws ExpressionError `sealed` when one of the values is */
export function refuseSealed(...values: PyValue[]): void {
  for (const value of values) if (value instanceof Sealed) throw refusal();
}

/**
 * A value as expressions see it: with its sealed texts, at any depth, closed. Shares structure with the value; what was
 * looked through once costs nothing more.
 */
export function conceal(value: ScopeValue, meter: Meter): PyValue {
  if (typeof value === 'string') return isSealed(value, meter) ? new Sealed(value) : value;
  if (typeof value !== 'object' || value === null) return value as PyValue;
  sizeOf(value, meter);
  if (!meter.sealed.has(value)) return value as PyValue;
  const known = meter.concealed.get(value);
  if (known !== undefined) return known as PyValue;
  const closed = concealed(value as PyValue, meter);
  meter.concealed.set(value, closed as object);
  return closed;
}

/** Long texts are searched once. */
function isSealed(text: string, meter: Meter): boolean {
  if (text.length < SHORT) return hasSealedText(text);
  let known = meter.texts.get(text);
  if (known === undefined) {
    meter.scan(text.length);
    known = hasSealedText(text);
    meter.texts.set(text, known);
  }
  return known;
}

const SHORT = 100;

/** A scope as expressions see it. */
export function concealing(scope: (name: string) => ScopeValue | undefined, meter: Meter) {
  return (name: string): ScopeValue | undefined => {
    const value = scope(name);
    return value === undefined ? undefined : (conceal(value, meter) as ScopeValue);
  };
}

function concealed(value: PyValue, meter: Meter): PyValue {
  meter.charge(WALKED);
  if (typeof value === 'string') return hasSealedText(value) ? new Sealed(value) : value;
  if (typeof value !== 'object' || value === null || !meter.sealed.has(value)) return value;
  if (Array.isArray(value)) return value.map((item) => concealed(item, meter));
  if (value instanceof AttributeObject) {
    const attributes = [...value.attributes].map(([name, item]): [string, PyValue] => [
      name,
      concealed(item as PyValue, meter),
    ]);
    return new AttributeObject(new Map(attributes) as AttributeObject['attributes'], value.text);
  }
  if (!isPlainDict(value)) return value;
  const keys = plainKeys(value, meter);
  if (keys.some(hasSealedText)) return new Sealed(value);
  return Object.fromEntries(keys.map((key) => [key, concealed(value[key]!, meter)]));
}

/**
 * About how many characters a value has when it is written out: what is shared counts as often as it would be written. Each
 * object is walked once a meter, which then also knows whether a sealed secret stands in it.
 *
 * @throws ExpressionError `limit` when it is nested too deeply
 */
export function sizeOf(value: ScopeValue, meter: Meter, depth = 0): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 8;
  const known = meter.sizes.get(value);
  if (known !== undefined) return known;
  if (depth > MAX_JSON_DEPTH) throw limitError(`a value of more than the limit of ${MAX_JSON_DEPTH} levels`);
  let size = 2;
  const add = (item: ScopeValue): void => {
    meter.charge(typeof item === 'string' ? WALKED + item.length / 4 : WALKED);
    size += sizeOf(item, meter, depth + 1) + 2;
    const isSealed = typeof item === 'string' ? hasSealedText(item) : isObject(item) && meter.sealed.has(item);
    if (isSealed) meter.sealed.add(value);
  };
  if (Array.isArray(value)) for (const item of value) add(item);
  else if (value instanceof AttributeObject) {
    for (const item of value.attributes.values()) add(item);
    size += value.text.length;
  } else {
    for (const key in value) {
      add(value[key]!);
      size += key.length + 4;
      if (hasSealedText(key)) meter.sealed.add(value);
    }
  }
  meter.sizes.set(value, size);
  return size;
}

/** Units of work to look at one value of many. */
const WALKED = 4;

function isObject(value: ScopeValue): value is object & ScopeValue {
  return typeof value === 'object' && value !== null;
}
