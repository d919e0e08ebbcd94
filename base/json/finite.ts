import { holdsDigits } from './scan';

/** With an exponent of three digits a number may be too large, or with so many digits that less of one is enough. */
const LARGE_EXPONENT = /\d[eE]\+?\d{3}/;
const MANY_DIGITS = 200;

/** What is said of a number like `1e400`, of which JSON's own reader makes infinity, and its writer null. */
export const NOT_FINITE = 'is too large to be kept as a number: send it as a text';

/**
 * Where in a value, read from a JSON text, a number stands that is not finite; undefined when there is none.
 *
 * @example overflowIn('{"a": [1e400]}', { a: [Infinity] }) // ['a', '0']
 */
export function overflowIn(text: string, value: unknown): string[] | undefined {
  return LARGE_EXPONENT.test(text) || holdsDigits(text, MANY_DIGITS) ? infinityIn(value) : undefined;
}

/** The same of a value that was read from another format. What stands in it several times is looked at once. */
export function infinityIn(root: unknown): string[] | undefined {
  if (isInfinite(root)) return [];
  const seen = new Set<object>();
  const open: Step[] = [{ value: root }];
  for (let step = open.pop(); step; step = open.pop()) {
    const { value } = step;
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    for (const [name, inner] of Object.entries(value)) {
      if (isInfinite(inner)) return pathTo({ value: inner, name, parent: step });
      if (typeof inner === 'object') open.push({ value: inner, name, parent: step });
    }
  }
  return undefined;
}

/** A value that is still to be looked at, and the one that it stands in. */
interface Step {
  value: unknown;
  name?: string;
  parent?: Step;
}

function pathTo(last: Step): string[] {
  const path: string[] = [];
  for (let step: Step | undefined = last; step?.name !== undefined; step = step.parent) path.push(step.name);
  return path.reverse();
}

function isInfinite(value: unknown): boolean {
  return typeof value === 'number' && !Number.isFinite(value);
}
