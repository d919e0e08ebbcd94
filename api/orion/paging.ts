import { z } from '@hono/zod-openapi';
import { MAX_INTEGER } from '../../db/schema';

/** No page is longer; one that is asked for more has so many, and says so. */
export const MAX_PAGE_SIZE = 1_000;

/** Rows of a list, counted from its beginning. */
export interface Page {
  page: number;
  page_size: number;
}

/** What is no positive number counts as not sent (orion §0). */
function positive(otherwise: number, max: number) {
  return z
    .preprocess((given) => {
      const number = typeof given === 'string' && /^\s*\d{1,15}\s*$/.test(given) ? Number(given) : given;
      return typeof number === 'number' && Number.isInteger(number) && number > 0 ? Math.min(number, max) : otherwise;
    }, z.number().int())
    .describe(`From 1 to ${max}; ${otherwise} where it is none`);
}

/** The fields of endpoints that answer pages. */
export const pageFields = { page: positive(1, MAX_INTEGER), page_size: positive(10, MAX_PAGE_SIZE) };

/** The same of those whose first page is as long as any (orion §1.5). */
export const longPageFields = { ...pageFields, page_size: positive(MAX_PAGE_SIZE, MAX_PAGE_SIZE) };

/** Which rows a page has. */
export function rowsOf({ page, page_size }: Page): { limit: number; offset: number } {
  return { limit: page_size, offset: (page - 1) * page_size };
}

/** The answer of a page (orion §0). */
export function pageReply<T>({ page, page_size }: Page, rows: readonly T[], total: number) {
  return { data: [...rows], beside: { page, page_size, query_count: total } };
}
