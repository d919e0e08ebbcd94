import { type RawBuilder, sql } from 'kysely';

export type ColumnType = 'text' | 'integer' | 'boolean' | 'time';

/** What can be asked of the rows of a source, one thing of it. */
export interface Column {
  type: ColumnType;
  value: RawBuilder<unknown>;
  /** Of a column with many values, such as the tags of a host: where they stand, `table where ...`; `value` is one of them. */
  rows?: RawBuilder<unknown>;
}

export type Columns = Readonly<Record<string, Column>>;

/** Rows that can be searched. What they are looked for by never makes them more than these. */
export interface Source {
  from: RawBuilder<unknown>;
  /** Which of them, whatever is asked. */
  scope: RawBuilder<unknown>;
  /** An integer that each row has for itself; it is among the columns as `id`. */
  key: RawBuilder<unknown>;
  columns: Columns;
}

/** Columns of a table by their names. Times are as exact as they are shown, so that what is shown can be asked for. */
export function columnsOf(table: string, types: Readonly<Record<string, ColumnType>>): Record<string, Column> {
  const columns = Object.entries(types).map(([name, type]): [string, Column] => {
    const value = sql.ref(`${table}.${name}`);
    return [name, { type, value: type === 'time' ? sql`date_trunc('milliseconds', ${value})` : value }];
  });
  return Object.fromEntries(columns);
}
