import { GantryError, wrongField } from '../base/error';
import { findText } from '../base/find-text';
import { isText } from '../base/text';
import { requireUnsealed } from '../base/unsealed';
import type { Fields } from './family';

/** JavaScript's own: whoever copies an object leaves a field of this name out. */
const NO_NAME = '__proto__';

/**
 * What is stored or compared as it was sent: texts that a database takes, no names that get lost, and nothing that only the
 * house may write.
 *
 * @throws GantryError `invalid` of step `input`, naming the field
 */
export function requirePlain(fields: Fields): void {
  const path = findText(fields, (text) => !isText(text));
  if (path !== undefined) {
    const message = `${path} holds characters that are no text`;
    throw new GantryError('invalid', message, {
      step: 'input',
      reason: { code: 'malformed', args: { field: path.split('.')[0]!, wanted: 'text' } },
      details: [{ field: path, message }],
    });
  }
  if (hasName(fields, NO_NAME)) {
    const reason = { code: 'unknown', args: { field: NO_NAME } } as const;
    throw wrongField(`${NO_NAME} cannot be the name of a field`, reason, { step: 'input' });
  }
  requireUnsealed(fields, 'body');
}

function hasName(root: object, name: string): boolean {
  const open: object[] = [root];
  for (let object = open.pop(); object !== undefined; object = open.pop()) {
    if (Object.hasOwn(object, name)) return true;
    for (const value of Object.values(object)) if (typeof value === 'object' && value !== null) open.push(value);
  }
  return false;
}
