import { malformed } from '../../../inventory/search/mongo/errors';
import type { Search } from '../../../inventory/search/search';
import { readCondition } from './condition';
import { readPage } from './page';
import { attributesShown, type Searchable } from './searchable';

/**
 * What a body `{page, fields, condition}` asks for (cmdb §4); what is not in it, or null, asks for nothing in particular.
 *
 * @throws GantryError `invalid` with the reason `unknown`, `malformed`, `too_many` or `out_of_range`
 */
export function readSearch(
  searchable: Searchable,
  { page, fields, condition }: Readonly<Record<string, unknown>>,
): Required<Search> {
  return {
    condition: readCondition(searchable, condition),
    ...readPage(searchable, page),
    fields: readFields(searchable, fields ?? []),
  };
}

/** Empty: all that rows have; the id is always among them. */
function readFields(searchable: Searchable, fields: unknown): string[] {
  if (!Array.isArray(fields) || !fields.every((field): field is string => typeof field === 'string')) {
    throw malformed('fields', 'a list of names of fields');
  }
  const attributes = attributesShown(searchable);
  const all = fields.length === 0 ? [...attributes.keys()] : fields;
  const known = all.map((field) => attributes.get(field)).filter((attribute) => attribute !== undefined);
  return [...new Set(['id', ...known])];
}
