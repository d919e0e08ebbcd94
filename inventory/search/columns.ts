import { type Column, type ColumnType, columnsOf } from '../../db/search/column';
import type { Attribute } from '../attributes';

const TYPES: Record<Attribute['kind'], ColumnType> = {
  text: 'text',
  choice: 'text',
  integer: 'integer',
  boolean: 'boolean',
};

/** The columns in which a table keeps attributes. */
export function columnsOfAttributes(table: string, attributes: readonly Attribute[]): Record<string, Column> {
  return columnsOf(table, Object.fromEntries(attributes.map(({ name, kind }) => [name, TYPES[kind]])));
}
