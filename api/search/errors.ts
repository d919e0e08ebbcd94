import { GantryError } from '../../base/error';
import type { Reason } from '../../base/reason';

/** What is not of the form that it has to be. */
export function malformed(field: string, wanted: string): GantryError {
  return refused(`${field} has to be ${wanted}`, { code: 'malformed', args: { field } });
}

export function refused(message: string, reason: Reason & { args: { field: string } }): GantryError {
  return new GantryError('invalid', message, { reason, details: [{ field: reason.args.field, message }] });
}
