import { both, type Condition } from '../../../inventory/search/condition';
import { malformed, refused } from './errors';
import { isObject, type Place, readOperators, readValue } from './operators';
import { attributesAsked, type Searchable } from './searchable';

/**
 * A condition of CMDB's, as Mongo reads it, in neutral words (cmdb §4). What the path says is passed over wherever it
 * stands; a property that there is not is one that no row has.
 *
 * @throws GantryError `invalid`: `unknown` naming an operator, `malformed` naming a field
 */
export function readCondition(searchable: Searchable, condition: unknown): Condition {
  const attributes = attributesAsked(searchable);
  return readDocument(condition ?? {}, 'condition');

  function readDocument(document: unknown, name: string): Condition {
    if (!isObject(document)) throw malformed(name, 'an object of fields and what they are compared with');
    const members = Object.entries(document).filter(([key]) => !searchable.ofPath.includes(key));
    return both(members.map(([key, value]) => readMember(key, value)));
  }

  function readMember(key: string, value: unknown): Condition {
    if (key === '$and') return { and: documentsOf(key, value) };
    if (key === '$or') return { or: documentsOf(key, value) };
    if (key === '$not') return { not: readDocument(value, key) };
    if (key.startsWith('$')) {
      const message = `${key} is no operator between fields, only $and, $or and $not may be`;
      throw refused(message, { code: 'unknown', args: { field: key } });
    }
    // A name of ours is none of theirs.
    return readField(searchable, { field: attributes.get(key) ?? `?${key}`, label: key }, value);
  }

  function documentsOf(key: string, value: unknown): Condition[] {
    if (Array.isArray(value) && value.length > 0) return value.map((document) => readDocument(document, key));
    throw malformed(key, 'a list of conditions, at least one');
  }
}

function readField({ parts = [], textOnly = [] }: Searchable, place: Place, value: unknown): Condition {
  if (isObject(value)) return readOperators(place, value);
  if (parts.includes(place.label) && typeof value === 'string') return { ...place, operator: 'contains', value };
  if (textOnly.includes(place.label)) throw malformed(place.label, 'a text or an object with operators');
  return readValue(place, value);
}
