import { GantryError } from './error';
import { findText } from './find-text';
import { hasSealedText } from './sealed-text';

/**
 * Refuses sealed text from outside: only the house itself puts it where it stands.
 *
 * @param field what the value is called by who sent it
 * @throws GantryError `invalid` naming the field
 */
export function requireUnsealed(value: unknown, field: string): void {
  const path = findText(value, hasSealedText, field);
  if (path === undefined) return;
  throw new GantryError('invalid', `${path}: sealed text cannot be sent: send the password, or ****** to keep it`, {
    details: [{ field: path }],
  });
}
