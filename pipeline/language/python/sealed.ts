import { hasSealedText } from '../../../base/sealed-text';
import { isPlainDict, plainKeys } from './dicts';
import { sealedError } from './errors';
import type { Meter } from './limits';
import { isSealedIn } from './measure';
import { AttributeObject, PyObject, type PyValue, type ScopeValue } from './values';

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
  if (!isSealedIn(value)) return value as PyValue;
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
  if (typeof value !== 'object' || value === null || !isSealedIn(value as ScopeValue)) return value;
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

/** Units of work to look at one value of many. */
const WALKED = 4;
