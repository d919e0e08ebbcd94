import { type GantryError, wrongField } from '../../../base/error';

/** What is not of the form that it has to be. */
export function malformed(field: string, wanted: string): GantryError {
  return wrongField(`${field} has to be ${wanted}`, { code: 'malformed', args: { field } });
}
