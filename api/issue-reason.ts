import type { z } from '@hono/zod-openapi';
import { GantryError } from '../base/error';
import type { Reason } from '../base/reason';
import type { Fields } from './family';

const WANTED: Record<string, Extract<Reason, { code: 'malformed' }>['args']['wanted']> = {
  string: 'text',
  number: 'integer',
  int: 'integer',
  boolean: 'boolean',
};

/** Why a request is refused, of something that is wrong with it. */
export function reasonOfIssue(issue: z.core.$ZodIssue, fields: Fields): Reason {
  if (issue.code === 'unrecognized_keys') {
    return { code: 'unknown', args: { field: [...issue.path, issue.keys[0]!].join('.') } };
  }
  const field = issue.path.join('.');
  if (issue.path.length === 1 && (fields[field] ?? null) === null) return { code: 'required', args: { field } };
  switch (issue.code) {
    case 'too_big':
      return issue.origin === 'string'
        ? { code: 'too_long', args: { field, max: Number(issue.maximum) } }
        : { code: 'too_many', args: { field, max: Number(issue.maximum) } };
    case 'invalid_type': {
      const wanted = WANTED[issue.expected];
      return { code: 'malformed', args: wanted ? { field, wanted } : { field } };
    }
    default:
      return { code: 'malformed', args: { field } };
  }
}

/** The error of a request that is not as it has to be: the reason of the first thing that is wrong, and the details of all. */
export function invalidInput(issues: readonly z.core.$ZodIssue[], fields: Fields): GantryError {
  const details = issues.flatMap(detailsOf);
  const message = details.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`)).join('; ');
  return new GantryError('invalid', message, { details, step: 'input', reason: reasonOfIssue(issues[0]!, fields) });
}

/** Each field that there is not is named by itself. */
function detailsOf(issue: z.core.$ZodIssue): { field: string; message: string }[] {
  const { path, message } = issue;
  if (issue.code !== 'unrecognized_keys') return [{ field: path.join('.'), message }];
  return issue.keys.map((key) => ({ field: [...path, key].join('.'), message: 'there is no such field' }));
}
