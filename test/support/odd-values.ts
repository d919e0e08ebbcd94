/** A way into a JSON value. */
export type Way = readonly string[];

const DEEP = 300;

function deep(): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < DEEP; level++) value = level % 2 ? [value] : { a: value };
  return value;
}

/** What no reader of a field expects; undefined stands for a field that is not there. */
export const ODD_VALUES: readonly unknown[] = [
  ...[undefined, null, true, false],
  ...[0, 5, -1, 1.5, 1e308, Number.POSITIVE_INFINITY],
  ...['', 'x', '5', '${x}', '__proto__', 'constructor', '\u0000'],
  ...[[], [null], [5], ['x'], [[]], [{}]],
  ...[{}, { a: 1 }, { constructor: 1 }, { id: null }],
  deep(),
];

/** The ways to everything in a value, containers too. */
export function waysInto(value: unknown, way: Way = []): Way[] {
  if (typeof value !== 'object' || value === null) return [way];
  const inner = Object.entries(value).flatMap(([key, item]) => waysInto(item, [...way, key]));
  return way.length > 0 ? [way, ...inner] : inner;
}

/** A copy with another value at a place. */
export function changed(value: object, way: Way, odd: unknown): object {
  const copy = JSON.parse(JSON.stringify(value));
  let place = copy;
  for (const step of way.slice(0, -1)) place = place[step];
  const last = way.at(-1)!;
  if (odd !== undefined) place[last] = odd;
  else if (Array.isArray(place)) place.splice(Number(last), 1);
  else delete place[last];
  return copy;
}

/** For messages: without what is too deep to read. */
export function shown(odd: unknown): string {
  return String(JSON.stringify(odd) ?? odd).slice(0, 40);
}
