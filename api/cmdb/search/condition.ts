import type { Condition } from '../../../inventory/search/condition';
import { readCondition as readAny } from '../../../inventory/search/mongo/condition';
import { malformed } from '../../../inventory/search/mongo/errors';
import { type Place, readValue } from '../../../inventory/search/mongo/operators';
import { attributesAsked, type Searchable } from './searchable';

/**
 * A condition of CMDB's in neutral words (cmdb §4). What the path says is passed over wherever it stands; a property that
 * there is not is one that no row has.
 *
 * @throws GantryError `invalid`: `unknown` naming an operator, `malformed` naming a field
 */
export function readCondition(searchable: Searchable, condition: unknown): Condition {
  const { parts = [], textOnly = [], ofPath } = searchable;
  const attributes = attributesAsked(searchable);
  return readAny(
    {
      // A name of ours is none of theirs.
      attributeOf: (name) => attributes.get(name) ?? `?${name}`,
      passedOver: ofPath,
      readPlain,
    },
    condition,
  );

  function readPlain(place: Place, value: unknown): Condition {
    if (parts.includes(place.label) && typeof value === 'string') return { ...place, operator: 'contains', value };
    if (textOnly.includes(place.label)) throw malformed(place.label, 'a text or an object with operators');
    return readValue(place, value);
  }
}
