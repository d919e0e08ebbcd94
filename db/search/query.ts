import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { DbOrTransaction } from '../connection';
import type { Column, Source } from './column';
import { expressionOf, type Restriction } from './restriction';

export type Row = Record<string, unknown>;

/** One thing to sort by. */
export interface Order {
  column: string;
  descending: boolean;
}

export interface PageQuery {
  /** Names of columns; `id` comes with them. */
  columns: readonly string[];
  /** What has no value comes before all others, or descending after them; what is equal comes by its id. */
  order: readonly Order[];
  start: number;
  limit: number;
}

/** How many rows are meant. A pattern means all rows here. */
export async function countRows(db: DbOrTransaction, source: Source, restriction: Restriction): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    select count(*) as count from ${source.from} where ${meant(source, restriction)}`.execute(db);
  return Number(rows[0]!.count);
}

/** A page of the rows that are meant. A pattern means all rows here. */
export function pageRows(
  db: DbOrTransaction,
  source: Source,
  restriction: Restriction,
  page: PageQuery,
): Promise<Row[]> {
  return pageWhere(db, source, meant(source, restriction), page);
}

/** A page of the rows with these ids; those that are gone meanwhile, or out of the source, are left out. */
export function pageOfIds(
  db: DbOrTransaction,
  source: Source,
  ids: readonly number[],
  page: PageQuery,
): Promise<Row[]> {
  return pageWhere(db, source, sql<SqlBool>`${source.scope} and ${source.key} = any (${ids}::integer[])`, page);
}

/** The next rows that may be meant, by their ids, with the columns that tell. */
export async function rowsAfter(
  db: DbOrTransaction,
  source: Source,
  restriction: Restriction,
  { after, limit, columns }: { after: number; limit: number; columns: readonly string[] },
): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select ${selected(source, columns)} from ${source.from}
     where ${meant(source, restriction)} and ${source.key} > ${after}
     order by ${source.key} limit ${limit}`.execute(db);
  return rows;
}

/** Rows that are only passed over are sorted without what is shown of them. */
async function pageWhere(
  db: DbOrTransaction,
  source: Source,
  where: RawBuilder<SqlBool>,
  { columns, order, start, limit }: PageQuery,
): Promise<Row[]> {
  const { from, scope, key } = source;
  const sorted = sql`order by ${sql.join([...order.map((one) => ordered(source, one)), key])}`;
  const { rows } = await sql<Row>`
    select ${selected(source, columns)} from ${from}
     where ${scope} and ${key} in (select ${key} from ${from} where ${where} ${sorted} limit ${limit} offset ${start})
     ${sorted}`.execute(db);
  return rows;
}

function meant(source: Source, restriction: Restriction): RawBuilder<SqlBool> {
  return sql<SqlBool>`${source.scope} and ${expressionOf(restriction, source.columns)}`;
}

function selected(source: Source, names: readonly string[]): RawBuilder<unknown> {
  return sql.join(
    [...new Set(['id', ...names])].map((name) => sql`${shown(source.columns[name]!)} as ${sql.id(name)}`),
  );
}

function shown({ value, rows }: Column): RawBuilder<unknown> {
  return rows ? sql`array(select ${value} from ${rows} order by 1)` : value;
}

function ordered({ columns }: Source, { column, descending }: Order): RawBuilder<unknown> {
  return sql`${columns[column]!.value} ${sql.raw(descending ? 'desc nulls last' : 'asc nulls first')}`;
}
