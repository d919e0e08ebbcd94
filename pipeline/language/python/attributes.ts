import { asNumber } from './compare';
import { isDict } from './dicts';
import { valueError } from './errors';
import { methodTable } from './functions';
import type { Meter } from './limits';
import { BYTES_METHODS } from './methods/bytes';
import { DICT_METHODS, LIST_METHODS, SET_METHODS, TUPLE_METHODS } from './methods/collections';
import { TEXT_METHODS } from './methods/text';
import { bitsOf, isInt, PyFloat } from './numbers';
import { AttributeObject, PyBytes, PyObject, PySet, PyTuple, type PyValue, typeName } from './values';

/** Methods that change their object: a context value is copied before an expression with one of them runs. */
export const CHANGING_METHODS: ReadonlySet<string> = new Set(
  'add append clear discard extend insert pop popitem remove reverse setdefault shuffle sort update'.split(' '),
);

/** Methods of numbers. */
export const NUMBER_METHODS = methodTable<PyValue>({
  bit_length: (self) => bitLength(self),
  is_integer: (self) => typeof self === 'boolean' || isInt(self) || self instanceof PyFloat,
});

function bitLength(self: PyValue): number {
  const number = asNumber(self);
  if (!isInt(number)) throw valueError("'float' object has no attribute 'bit_length'");
  const size = number < 0 ? -BigInt(number) : BigInt(number);
  return size === 0n ? 0 : bitsOf(size);
}

function numberAttribute(value: PyValue, name: string): PyValue | undefined {
  if (name === 'real') return asNumber(value);
  return name === 'imag' ? (isInt(asNumber(value)) ? 0 : new PyFloat(0)) : NUMBER_METHODS.bind(value, name);
}

function lookUp(value: PyValue, name: string, meter: Meter): PyValue | undefined {
  if (typeof value === 'string') return TEXT_METHODS.bind(value, name);
  if (Array.isArray(value)) return LIST_METHODS.bind(value, name);
  if (value instanceof AttributeObject) return value.attributes.get(name);
  if (value instanceof PyObject) return value.attribute(name, meter);
  if (value instanceof PyTuple) return TUPLE_METHODS.bind(value, name);
  if (value instanceof PySet) return SET_METHODS.bind(value, name);
  if (value instanceof PyBytes) return BYTES_METHODS.bind(value, name);
  if (asNumber(value) !== undefined) return numberAttribute(value, name);
  if (isDict(value)) return DICT_METHODS.bind(value, name);
  return undefined;
}

/** `value.name`. A dict has methods only: `${d.k}` is not its key `k` (bk-sops §4.1). */
export function attributeOf(value: PyValue, name: string, meter: Meter): PyValue {
  const found = lookUp(value, name, meter);
  if (found === undefined) throw valueError(`'${typeName(value)}' object has no attribute '${name}'`);
  return found;
}
