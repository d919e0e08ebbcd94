import { CsvError, parse } from 'csv-parse/sync';
import { GantryError } from '../../base/error';
import { short, variableProblem } from '../host-problems';
import { MAX_IMPORT_HOSTS, MAX_TAG_LENGTH, MAX_TAGS, MAX_VARIABLE_LENGTH, MAX_VARIABLES } from '../limits';
import { type HostFields, toHost } from './fields';
import type { Notes } from './notes';
import type { ImportedHost } from './record';
import { requireSize } from './size';

const SEPARATORS = [',', ';', '\t'];
/** With room for the other columns, and for quotes. */
const MAX_ROW_LENGTH = 2 * (MAX_VARIABLES * MAX_VARIABLE_LENGTH + MAX_TAGS * MAX_TAG_LENGTH);
const FIELDS = new Map<string, Exclude<keyof HostFields, 'variables'>>([
  ['name', 'name'],
  ['address', 'address'],
  ['ip', 'address'],
  ['cloud', 'cloudId'],
  ['cloud_id', 'cloudId'],
  ['tags', 'tags'],
  ['disabled', 'disabled'],
]);
const VARIABLE = 'var:';
const UNKNOWN = 'no such column is known: columns of host variables are called var:NAME';

interface Row {
  record: string[];
  line: number;
}

/**
 * Reads a table whose first row names its columns: `name`, `address` (or `ip`), `cloud` (or `cloud_id`), `tags` (between
 * semicolons or blanks), `disabled`, and `var:NAME` for each host variable, of which an empty cell is none. Other columns are
 * dropped. Between the cells stand commas, semicolons or tabs: whichever there are most of in the first row.
 */
export function readCsv(text: string, notes: Notes): ImportedHost[] {
  const [header, ...rows] = rowsOf(text);
  if (!header) throw new GantryError('invalid', 'there is nothing in the table: its first row has to name the columns');
  requireSize('hosts', rows.length, MAX_IMPORT_HOSTS);
  const columns = columnsOf(header, notes);
  notes.requireRight();
  return rows.flatMap(({ record, line }) => {
    if (record.every((cell) => cell === '')) return [];
    const fields: HostFields = { variables: new Map() };
    for (const [index, column] of columns) {
      const cell = record[index]!;
      if (cell === '') continue;
      if ('variable' in column) fields.variables.set(column.variable, cell);
      else if (column.field === 'tags') fields.tags = cell.split(/[;,\s]+/).filter((tag) => tag !== '');
      else fields[column.field] = cell;
    }
    return toHost(fields, `line ${line}`, notes) ?? [];
  });
}

function rowsOf(text: string): Row[] {
  try {
    const rows = parse(text, {
      bom: true,
      delimiter: separatorOf(text),
      info: true,
      max_record_size: MAX_ROW_LENGTH,
      skip_empty_lines: true,
      // One more than may be, so that it is seen.
      to: MAX_IMPORT_HOSTS + 2,
      trim: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return rows.map(({ record, info }) => ({ record, line: info.lines }));
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new GantryError('invalid', `the table cannot be read: ${cause.message}`, { cause });
  }
}

function separatorOf(text: string): string {
  const first = /[^\r\n]*/.exec(text.replace(/^\ufeff?[\r\n]*/, ''))![0];
  const counts = SEPARATORS.map((separator) => first.split(separator).length);
  return SEPARATORS[counts.indexOf(Math.max(...counts))]!;
}

type Column = { field: Exclude<keyof HostFields, 'variables'> } | { variable: string };

/** What the cells of each column are, without those that are dropped. */
function columnsOf({ record, line }: Row, notes: Notes): Map<number, Column> {
  const at = `line ${line}`;
  const columns = new Map<number, Column>();
  const seen = new Set<string>();
  for (const [index, title] of record.entries()) {
    const field = FIELDS.get(title.toLowerCase());
    const variable = title.slice(VARIABLE.length).trim();
    let meaning: string;
    if (title.slice(0, VARIABLE.length).toLowerCase() === VARIABLE) {
      columns.set(index, { variable });
      meaning = VARIABLE + variable;
      const problem = variableProblem(variable, '');
      if (problem) notes.wrong(at, problem);
    } else if (field) {
      columns.set(index, { field });
      meaning = field;
    } else {
      notes.drop(at, title === '' ? `column ${index + 1}` : `column ${title}`, UNKNOWN);
      continue;
    }
    if (seen.has(meaning)) notes.wrong(at, `there are two columns for ${short(meaning)}`);
    seen.add(meaning);
  }
  if (!seen.has('name') && !seen.has('address')) {
    notes.wrong(at, 'no column is called name or address: the first row has to name the columns');
  }
  return columns;
}
