import type { Db, DbOrTransaction } from '../../db/connection';
import type { Columns, Source } from '../../db/search/column';
import { countRows, type Order, type PageQuery, pageOfIds, pageRows, type Row, rowsAfter } from '../../db/search/query';
import { type Condition, EVERYTHING, requireBounded } from './condition';
import { resolve } from './resolve';
import { hasPattern, scanIds } from './scan';

/** How many rows a page may have, and has when nothing is said. */
export const PAGE_LIMITS = { max: 200, fallback: 20 };

export interface Search {
  condition?: Condition;
  /** Rows before the page. */
  start?: number;
  limit?: number;
  /** Fields that there are not, and those of many values, are passed over; what is equal comes by its id. */
  sort?: readonly { field: string; descending: boolean }[];
  /** What is wanted of each row beside its id; empty: all fields of one value. Those that there are not are passed over. */
  fields?: readonly string[];
}

/** A page of rows, and how many there are on all pages. */
export interface Found {
  count: number;
  rows: Row[];
}

/**
 * Rows of a source that fulfil a condition. Without a pattern, count and page are two statements side by side; with one,
 * all rows that may be meant are looked at here, a second at most.
 *
 * @throws GantryError `invalid` for a condition larger than it may be or a pattern that cannot be had, `too_large` when
 *   matching takes too long
 */
export async function search(
  db: Db,
  source: Source,
  { condition = EVERYTHING, start = 0, limit = PAGE_LIMITS.fallback, sort = [], fields = [] }: Search,
  now: () => number = () => performance.now(),
): Promise<Found> {
  requireBounded(condition);
  const restriction = resolve(condition, source.columns);
  const page: PageQuery = {
    columns: columnsWanted(fields, source.columns),
    order: orderOf(sort, source.columns),
    start,
    limit: Math.min(limit, PAGE_LIMITS.max),
  };
  if (restriction === false) return { count: 0, rows: [] };
  if (hasPattern(restriction)) {
    const ids = await scanIds(db, source, restriction, now);
    return { count: ids.length, rows: await pageOfIds(db, source, ids, page) };
  }
  const [count, rows] = await Promise.all([
    countRows(db, source, restriction),
    pageRows(db, source, restriction, page),
  ]);
  return { count, rows };
}

/** Ids of all rows of a source that fulfil a condition, in order. @throws GantryError as `search` */
export async function searchIds(
  db: Db,
  source: Source,
  condition: Condition,
  now: () => number = () => performance.now(),
): Promise<number[]> {
  requireBounded(condition);
  const restriction = resolve(condition, source.columns);
  return restriction === false ? [] : scanIds(db, source, restriction, now);
}

/**
 * The ids of the next rows that fulfil a condition, in their order: for lists that go on after an id. With a pattern rows are
 * looked at here until there are enough.
 *
 * @param condition whoever reads it has seen to it that it is bounded (`requireBounded`)
 * @throws GantryError as `search`
 */
export async function searchIdsAfter(
  db: DbOrTransaction,
  source: Source,
  { condition, after, limit }: { condition: Condition; after: number; limit: number },
  now: () => number = () => performance.now(),
): Promise<number[]> {
  const restriction = resolve(condition, source.columns);
  if (restriction === false) return [];
  if (hasPattern(restriction)) return scanIds(db, source, restriction, now, { after, most: limit });
  const rows = await rowsAfter(db, source, restriction, { after, limit, columns: [] });
  return rows.map(({ id }) => Number(id));
}

function columnsWanted(fields: readonly string[], columns: Columns): string[] {
  if (fields.length > 0) return fields.filter((field) => Object.hasOwn(columns, field));
  return Object.keys(columns).filter((name) => !columns[name]!.rows);
}

/** A field that was named before decides already. */
function orderOf(sort: NonNullable<Search['sort']>, columns: Columns): Order[] {
  const named = new Map<string, boolean>();
  for (const { field, descending } of sort) {
    const isSortable = Object.hasOwn(columns, field) && !columns[field]!.rows;
    if (isSortable && !named.has(field)) named.set(field, descending);
  }
  return [...named].map(([column, descending]) => ({ column, descending }));
}
