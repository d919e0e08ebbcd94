import type { Db } from '../../../db/connection';
import type { Source } from '../../../db/search/column';
import { search } from '../../../inventory/search/search';
import type { Fields } from '../../family';
import { shown } from '../models/shown';
import { readSearch } from './read';
import type { Searchable } from './searchable';

/**
 * What a search answers: how many rows there are on all pages, and those of the page with the properties that are asked for
 * (cmdb §4).
 *
 * @throws GantryError as `readSearch` and `search`
 */
export async function answerSearch(
  db: Db,
  source: Source,
  searchable: Searchable,
  body: Fields,
): Promise<{ count: number; info: Record<string, unknown>[] }> {
  const { count, rows } = await search(db, source, readSearch(searchable, body));
  const isAsked = propertiesAsked(searchable, body.fields);
  const info = rows.map((row) => {
    const properties = Object.entries(shown(searchable.model, row));
    return Object.fromEntries(properties.filter(([id]) => isAsked(id)));
  });
  return { count, info };
}

/** Properties may be one attribute: only those that were named are shown, and the id. */
export function propertiesAsked({ model }: Pick<Searchable, 'model'>, fields: unknown): (id: string) => boolean {
  if (!Array.isArray(fields) || fields.length === 0) return () => true;
  const asked = new Set<unknown>([...fields, model.properties.find(({ attribute }) => attribute === 'id')?.id]);
  return (id) => asked.has(id);
}
