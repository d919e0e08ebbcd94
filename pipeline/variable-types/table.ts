import { parseJson } from '../../base/json';
import { isJsonObject, type Json, type JsonObject } from '../json';
import type { Meter } from '../language/python/limits';
import { pythonStr } from '../language/python/value-text';
import { AttributeObject } from '../language/python/values';
import type { VariableType } from './type';

/**
 * `datatable`: rows as an object with a list per column, `${T.col[0]}`, and all of a column as lines, `${T.flat__col}`
 * (bk-sops §4.7). As in the original a row without a column leaves no gap in the column's list.
 */
export const datatable: VariableType = {
  resolve(value, _clock, meter) {
    const columns = new Map<string, Json[]>();
    for (const row of rowsOf(value)) {
      for (const [name, cell] of Object.entries(row)) append(columns, name, cell);
    }
    const attributes = new Map<string, Json>(columns);
    for (const [name, cells] of columns) attributes.set(`flat__${name}`, lines(cells, meter));
    return new AttributeObject(attributes, `DataTable with ${[...columns.keys()].join(',')} Fields`);
  },
};

function rowsOf(value: Json): JsonObject[] {
  const rows = typeof value === 'string' && value.trim() !== '' ? parse(value) : value === '' ? [] : value;
  if (Array.isArray(rows) && rows.every(isJsonObject)) return rows;
  throw new Error('a datatable is not a list of rows');
}

function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new Error('the rows of a datatable are not JSON', { cause });
  }
}

function lines(cells: Json[], meter: Meter): string {
  // The cells have been paid for; together they are one text.
  const text = cells.map((cell) => (typeof cell === 'string' ? cell : pythonStr(cell, meter))).join('\n');
  meter.bound(text.length);
  return text;
}

function append(columns: Map<string, Json[]>, name: string, cell: Json): void {
  const cells = columns.get(name);
  if (cells) cells.push(cell);
  else columns.set(name, [cell]);
}
