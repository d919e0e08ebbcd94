import { wrongField } from '../../../base/error';
import { malformed } from '../../../inventory/search/mongo/errors';
import { isObject } from '../../../inventory/search/mongo/operators';
import { PAGE_LIMITS, type Search } from '../../../inventory/search/search';
import { attributesShown, type Searchable } from './searchable';

/**
 * `page`: `start` and `limit`, whole numbers or texts of them, and `sort`, names separated by commas with `-` in front
 * where it goes down (cmdb §4).
 *
 * @throws GantryError `invalid`: `too_many` for a limit above 200, `out_of_range` below 0, `malformed` naming the field
 */
export function readPage(searchable: Searchable, page: unknown): Required<Pick<Search, 'start' | 'limit' | 'sort'>> {
  if (!isObject(page ?? {})) throw malformed('page', 'an object with start, limit and sort');
  const { start, limit, sort } = (page ?? {}) as Readonly<Record<string, unknown>>;
  const { max, fallback } = PAGE_LIMITS;
  const rows = readCount('limit', limit, max) || fallback;
  if (rows > max) {
    throw wrongField(`limit is ${rows}, at most ${max} may be`, { code: 'too_many', args: { field: 'limit', max } });
  }
  return {
    start: readCount('start', start, Number.MAX_SAFE_INTEGER),
    limit: rows,
    sort: readSort(searchable, sort ?? ''),
  };
}

/** What is no whole number counts as nothing. */
function readCount(field: string, value: unknown, max: number): number {
  const count = typeof value === 'string' && /^\s*[+-]?\d{1,15}\s*$/.test(value) ? Number(value) : value;
  if (typeof count !== 'bigint' && !Number.isInteger(count)) return 0;
  if ((count as number | bigint) < 0) {
    throw wrongField(`${field} is ${count}, below 0`, { code: 'out_of_range', args: { field, min: 0, max } });
  }
  return Math.min(Number(count), Number.MAX_SAFE_INTEGER);
}

function readSort(searchable: Searchable, sort: unknown): NonNullable<Search['sort']> {
  if (typeof sort !== 'string') throw malformed('sort', 'a text with names of fields');
  const attributes = attributesShown(searchable);
  return sort.split(',').flatMap((part) => {
    const [, sign, name = ''] = /^([+-]?)\s*(.*)$/s.exec(part.trim())!;
    const field = attributes.get(name);
    return field === undefined ? [] : [{ field, descending: sign === '-' }];
  });
}
