import type { Model } from './model';

/** A row as clients know it, or what was read of one; times as RFC 3339. */
export function shown({ properties }: Model, row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const read = properties.filter(({ attribute }) => Object.hasOwn(row, attribute));
  return Object.fromEntries(
    read.map(({ id, attribute }) => {
      const value = row[attribute];
      return [id, value instanceof Date ? value.toISOString() : value];
    }),
  );
}
