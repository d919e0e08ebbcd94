import { GantryError } from '../base/error';
import { duplicateKey } from '../db/errors';

/** What is unique of a kind of objects. */
export interface UniqueKeys {
  /** What the objects are: `process`. */
  what: string;
  /** Where they are unique: `business`. */
  within: string;
  /** The fields of each key by the name of its constraint; the last is that which can be chosen. */
  keys: Readonly<Record<string, readonly string[]>>;
}

/** How the fields of a key are joined in messages, as CMDB does it (cmdb §2). */
export const SEPARATORS = { create: ',', update: ' + ' } as const;

/** The error of the inventory for an error of the database, when that is about a key of these. */
export function duplicateOf(
  error: unknown,
  { keys, ...unique }: UniqueKeys,
  action: keyof typeof SEPARATORS,
): GantryError | undefined {
  const fields = keys[duplicateKey(error) ?? ''];
  return fields && isTaken(fields, unique, action, error);
}

/** The error for a key that another object has. */
export function isTaken(
  fields: readonly string[],
  { what, within }: Pick<UniqueKeys, 'what' | 'within'>,
  action: keyof typeof SEPARATORS,
  cause?: unknown,
): GantryError {
  const field = fields.at(-1)!;
  const message = `another ${what} of this ${within} has this ${field}`;
  return new GantryError('invalid', message, {
    cause,
    reason: { code: 'duplicate', args: { what, name: field, fields: fields.join(SEPARATORS[action]) } },
    details: [{ field, message }],
  });
}
