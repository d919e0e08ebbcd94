import { wrongField } from '../base/error';

/** The first of the ids that is not among what was found; undefined when all are. */
export function missingFrom(ids: readonly number[], found: readonly { id: number }[]): number | undefined {
  const there = new Set(found.map(({ id }) => id));
  return ids.find((id) => !there.has(id));
}

/**
 * Bounds what is asked for at once.
 *
 * @param things in words: `hosts`
 * @param field that they are sent in
 * @throws GantryError `invalid` with the reason `too_many`
 */
export function requireFew(
  count: number,
  { things, max, field = 'id' }: { things: string; max: number; field?: string },
): void {
  if (count <= max) return;
  const message = `${count} ${things} at once are too many: send ${max} at most`;
  throw wrongField(message, { code: 'too_many', args: { field, max } });
}
