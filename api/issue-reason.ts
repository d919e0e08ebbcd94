import type { z } from '@hono/zod-openapi';
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
