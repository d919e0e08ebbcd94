import { z } from '@hono/zod-openapi';
import { MAX_INTEGER } from '../../db/schema';

/** Of a page of any list. */
export const MAX_LIMIT = 200;

/** Which page of a list is wanted: what follows an id. */
export const page = z.object({
  after: z.coerce.number().int().min(0).max(MAX_INTEGER).default(0).describe('The `next` of the page before'),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(50),
});

/** A page of a list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    next: z.number().int().nullable().describe('What the next page is after; null when there is none'),
  });
}

/** Makes a page of one row more than it may have, by which one sees whether there is another page. */
export function toPage<R extends { id: number }, T>(rows: readonly R[], limit: number, show: (row: R) => T) {
  const shown = rows.slice(0, limit);
  return { items: shown.map(show), next: rows.length > limit ? shown.at(-1)!.id : null };
}

/** An id in a query. */
export const idText = z.coerce.number().int().min(0).max(MAX_INTEGER);

/** Yes or no in a query. */
export const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** Several texts in a query: the name several times, or commas between them. */
export function texts(max: number) {
  const one = z.string();
  return z
    .union([one, z.array(one)])
    .transform((given) => [given].flat().flatMap((text) => text.split(',')))
    .pipe(z.array(one).max(max));
}
