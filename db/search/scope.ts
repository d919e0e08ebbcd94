import { type RawBuilder, type SqlBool, sql } from 'kysely';

/** Whether a column of integers is one of these. */
export function isAmong(column: string, ids: readonly number[]): RawBuilder<SqlBool> {
  // With one alone an index is read in its order.
  return ids.length === 1
    ? sql`${sql.ref(column)} = ${ids[0]}::integer`
    : sql`${sql.ref(column)} = any (${ids}::integer[])`;
}

/** The account of a business, for tables whose rows are in one. */
export function accountOf(table: string): RawBuilder<unknown> {
  return sql`(select supplier_account from businesses where businesses.id = ${sql.ref(`${table}.business_id`)})`;
}

/** A business, or all of an account. */
export type Place = { businessId: number } | { account: string };

/** Whether a row of a table whose rows are in businesses is there. */
export function isIn(table: string, place: Place): RawBuilder<SqlBool> {
  const business = sql.ref(`${table}.business_id`);
  if ('businessId' in place) return sql`${business} = ${place.businessId}::integer`;
  return sql`${business} in
    (select id from businesses where supplier_account = ${place.account})`;
}
