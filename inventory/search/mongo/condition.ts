import { wrongField } from '../../../base/error';
import { both, type Condition } from '../condition';
import { malformed } from './errors';
import { isObject, type Place, readOperators, readValue } from './operators';

/** What a family's conditions can say. */
export interface ConditionFields {
  /** What the inventory calls a field. @throws GantryError where that is refused which there is not */
  attributeOf(name: string): string;
  /** Fields that are passed over, wherever they stand. */
  passedOver?: readonly string[];
  /** What a plain value beside a field means; absent: what is equal to it. */
  readPlain?(place: Place, value: unknown): Condition;
}

/**
 * A condition as Mongo reads it, in neutral words: fields with values or operators, all of which have to hold, and `$and`,
 * `$or`, `$not`.
 *
 * @example readCondition(fields, { port: { $gte: 80 }, $or: [{ name: 'a' }, { name: 'b' }] })
 * @throws GantryError `invalid`: `unknown` naming an operator, `malformed` naming a field
 */
export function readCondition(fields: ConditionFields, condition: unknown): Condition {
  const { attributeOf, passedOver = [], readPlain = readValue } = fields;
  return readDocument(condition ?? {}, 'condition');

  function readDocument(document: unknown, name: string): Condition {
    if (!isObject(document)) throw malformed(name, 'an object of fields and what they are compared with');
    const members = Object.entries(document).filter(([key]) => !passedOver.includes(key));
    return both(members.map(([key, value]) => readMember(key, value)));
  }

  function readMember(key: string, value: unknown): Condition {
    if (key === '$and') return { and: documentsOf(key, value) };
    if (key === '$or') return { or: documentsOf(key, value) };
    if (key === '$not') return { not: readDocument(value, key) };
    if (key.startsWith('$')) {
      const message = `${key} is no operator between fields, only $and, $or and $not may be`;
      throw wrongField(message, { code: 'unknown', args: { field: key } });
    }
    const place = { field: attributeOf(key), label: key };
    return isObject(value) ? readOperators(place, value) : readPlain(place, value);
  }

  function documentsOf(key: string, value: unknown): Condition[] {
    if (Array.isArray(value) && value.length > 0) return value.map((document) => readDocument(document, key));
    throw malformed(key, 'a list of conditions, at least one');
  }
}
