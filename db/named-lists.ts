import { type SelectQueryBuilder, sql } from 'kysely';
import type { Database } from './schema';

/** Which of a project's objects: those whose names have a text in them, in upper or lower case; absent: all. */
export interface NamedFilter {
  projectId: number;
  name?: string | undefined;
}

/** A page of rows, and how many there are of them on all pages. */
export interface Listed<T> {
  records: T[];
  count: number;
}

export function nameHas(text: string) {
  return sql<boolean>`strpos(lower(name), lower(${text})) > 0`;
}

export async function countOf<T extends keyof Database>(all: SelectQueryBuilder<Database, T, object>): Promise<number> {
  const { count } = await all.select(sql<string>`count(*)`.as('count')).executeTakeFirstOrThrow();
  return Number(count);
}
