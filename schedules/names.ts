import { GantryError } from '../base/error';
import { withoutForbidden } from '../pipeline/names';

const MAX_NAME_LENGTH = 50;

/**
 * The name of a periodic or clocked task without the characters that upstream takes out (bk-sops §2.5).
 *
 * @param field what the client calls it
 * @throws GantryError `invalid` in step `name` when nothing is left, or too much
 */
export function requireScheduleName(name: string, field: string): string {
  const clean = withoutForbidden(name).trim();
  if (clean === '') {
    const reason = { code: 'required', args: { field } } as const;
    throw new GantryError('invalid', `'${field}' is empty`, { step: 'name', reason });
  }
  if (clean.length <= MAX_NAME_LENGTH) return clean;
  const reason = { code: 'too_long', args: { field, max: MAX_NAME_LENGTH } } as const;
  throw new GantryError('invalid', `'${field}' is longer than ${MAX_NAME_LENGTH} characters`, { step: 'name', reason });
}
