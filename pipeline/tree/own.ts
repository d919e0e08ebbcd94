import { isJsonObject } from '../json';

/**
 * Reads an own property. Keys of a tree are chosen by clients: `constructor` or `toString` must be absent, not inherited.
 *
 * @example own(tree.flows, 'constructor') // undefined
 */
export function own<T>(object: Record<string, T> | undefined | null, key: string): T | undefined {
  return object && Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The entries of a JSON object; none for anything else. */
export function entriesOf(value: unknown): [string, unknown][] {
  return isJsonObject(value) ? Object.entries(value) : [];
}

/**
 * The flow ids of an `incoming` or `outgoing`, which clients send as a string, an empty string or an array
 * (bk-sops §1.6).
 */
export function flowIds(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  return Array.isArray(value) ? value.filter((id) => typeof id === 'string') : [];
}
