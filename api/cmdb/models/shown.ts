import type { Model } from './model';

/** A row as clients know it; times as RFC 3339. */
export function shown({ properties }: Model, row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    properties.map(({ id, attribute }) => {
      const value = row[attribute];
      return [id, value instanceof Date ? value.toISOString() : value];
    }),
  );
}
