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

/**
 * Where a text stands that a test holds for: `constants.${pw}.value`; undefined when that is nowhere.
 *
 * @param name what the value itself is called
 * @param names whether the names in objects are texts too
 */
export function findText(
  root: unknown,
  test: (text: string) => boolean,
  name = '',
  { names = true }: { names?: boolean } = {},
): string | undefined {
  // The way to each text costs more than to look at it: it is wanted for what is refused alone.
  return hasText(root, test, names) ? pathOfText(root, test, name, names) : undefined;
}

/** Each object is looked at once: a plugin may give back a value that is in itself. */
function hasText(root: unknown, test: (text: string) => boolean, names: boolean): boolean {
  const open = [root];
  const seen = new Set<object>();
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string') {
      if (test(value)) return true;
    } else if (typeof value === 'object' && value !== null) {
      if (seen.has(value)) continue;
      seen.add(value);
      if (Array.isArray(value)) {
        for (const item of value) open.push(item);
        continue;
      }
      for (const [key, item] of Object.entries(value)) {
        if (names && test(key)) return true;
        open.push(item);
      }
    }
  }
  return false;
}

function pathOfText(root: unknown, test: (text: string) => boolean, name: string, names: boolean): string | undefined {
  const open: [value: unknown, path: string][] = [[root, name]];
  const seen = new Set<object>();
  for (let entry = open.pop(); entry; entry = open.pop()) {
    const [value, path] = entry;
    if (typeof value === 'string') {
      if (test(value)) return path;
    } else if (typeof value === 'object' && value !== null && !seen.has(value)) {
      seen.add(value);
      const entries = Object.entries(value);
      if (names && !Array.isArray(value) && entries.some(([key]) => test(key))) return `a name in ${path}`;
      for (const [key, item] of entries.reverse()) open.push([item, path === '' ? key : `${path}.${key}`]);
    }
  }
  return undefined;
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
