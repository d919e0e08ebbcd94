import { GantryError, wrongField } from '../../base/error';
import { stringifyJson } from '../../base/json';
import { MAX_INTEGER } from '../../db/schema';

/** What a list is refused as that holds anything but ids and texts: no list of ids, or not of integers. */
type Wanted = 'ids' | 'integer';

/**
 * Ids as clients send them: joined by commas, or as a list, or one alone; each once, in their order.
 *
 * @throws GantryError `invalid` when they are none, or there are none
 */
export function readIdList(field: string, given: unknown, wanted: Wanted = 'integer'): number[] {
  const parts = typeof given === 'string' ? given.split(',').map((part) => part.trim()) : [given].flat();
  const named = parts.filter((part) => part !== '' && part !== undefined && part !== null);
  if (named.length === 0) {
    const message = `${field} is missing or empty: send ids joined by commas`;
    throw wrongField(message, { code: 'required', args: { field } });
  }
  return [...new Set(named.map((part) => readId(field, part, wanted)))];
}

function readId(field: string, given: unknown, wanted: Wanted): number {
  if (typeof given === 'string' && /^\d{1,15}$/.test(given)) return withinIds(Number(given));
  if (typeof given === 'number' && Number.isInteger(given) && given >= 0) return withinIds(given);
  const message = `${field} holds ${stringifyJson(given).slice(0, 100)}, which is no id`;
  // Text that is no number is a bad id, as in a path; other values are no list of ids at all (cmdb §1).
  const reason = typeof given === 'string' ? {} : { reason: { code: 'malformed', args: { field, wanted } } as const };
  throw new GantryError('invalid', message, { ...reason, details: [{ field, message }] });
}

/** Nothing has an id that a column cannot hold. */
function withinIds(id: number): number {
  return id <= MAX_INTEGER ? id : -1;
}
