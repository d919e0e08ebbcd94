import { isJsonObject, type Json } from '../pipeline/json';
import { own } from '../pipeline/tree/own';

/** What becomes of the texts and numbers of a value; what has no entry stays. */
export interface Mapping {
  text(text: string): string;
  number?(number: number | bigint): Json;
}

/**
 * A copy of a JSON value with every text replaced, names in objects too. Works level by level, so that no depth exhausts
 * the stack; what stands in two places is copied once, so that a value in itself is no endless one. Two names that become
 * the same are told apart by stars.
 */
export function mapTexts(root: Json, { text, number }: Mapping): Json {
  const open: [from: object, to: object][] = [];
  const copies = new Map<object, Json>();
  const copyOf = (value: Json): Json => {
    if (typeof value === 'string') return text(value);
    if (typeof value === 'number' || typeof value === 'bigint') return number ? number(value) : value;
    if (typeof value !== 'object' || value === null) return value;
    const known = copies.get(value);
    if (known !== undefined) return known;
    const copy = Array.isArray(value) ? [] : {};
    copies.set(value, copy);
    open.push([value, copy]);
    return copy;
  };
  const copied = copyOf(root);
  for (let pair = open.pop(); pair; pair = open.pop()) {
    const [from, to] = pair;
    if (Array.isArray(from)) for (const item of from) (to as Json[]).push(copyOf(item));
    else for (const [name, item] of Object.entries(from)) define(to, text(name), copyOf(item));
  }
  return copied;
}

/** Defined, not assigned: a name `__proto__` is only a name. */
function define(object: object, name: string, value: Json): void {
  let free = name;
  while (Object.hasOwn(object, free)) free += '*';
  Object.defineProperty(object, free, { value, enumerable: true, writable: true, configurable: true });
}

/** A list or an object with its items mapped, each together with what stands at its place in another value. */
export function sideBySide(
  original: Json | undefined,
  value: Json,
  map: (original: Json | undefined, value: Json) => Json,
): Json {
  if (Array.isArray(value)) {
    const items = Array.isArray(original) ? original : [];
    return value.map((item, index) => map(items[index], item));
  }
  if (!isJsonObject(value)) return value;
  const fields = isJsonObject(original) ? original : {};
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, map(own(fields, name), item)]));
}
