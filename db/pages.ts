import type { SelectQueryBuilder } from 'kysely';
import type { Database } from './schema';

/** Which rows of a list are wanted, counted from its beginning. */
export interface Rows {
  limit: number;
  offset: number;
}

/** Some rows of a list, and how many there are. */
export interface PageOf<O> {
  rows: O[];
  total: number;
}

/** Reads some rows of an ordered query, and counts all. */
export async function pageOf<T extends keyof Database, O>(
  query: SelectQueryBuilder<Database, T, O>,
  { limit, offset }: Rows,
): Promise<PageOf<O>> {
  const counted = query
    .clearOrderBy()
    .clearSelect()
    .select(({ fn }) => fn.countAll<string>().as('total'));
  const [rows, { total }] = await Promise.all([
    query.limit(limit).offset(offset).execute(),
    counted.executeTakeFirstOrThrow() as Promise<{ total: string }>,
  ]);
  return { rows, total: Number(total) };
}
