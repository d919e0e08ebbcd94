import type { ColumnType, Generated } from 'kysely';

/** Columns of type `json`: parsed when read, JSON text when written, so that the order of keys stays. */
export type JsonText<T = unknown> = ColumnType<T, string, string>;

/** When a row was made and last changed. */
export interface Dated {
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}
