import { GantryError } from '../../base/error';
import { parseJson as readJson } from '../../base/json';
import type { Json } from '../../pipeline/json';
import { MAX_JSON_DEPTH } from '../../pipeline/tree/limits';
import type { Body } from '../family';
import { isForm, readForm } from './form';
import { isTextDeeperThan, NOT_AN_OBJECT, NOT_JSON } from './members';

/** A tree stands one level deep in a body. */
const MAX_DEPTH = MAX_JSON_DEPTH + 1;

/**
 * Reads the body of somebody who is known: a JSON object, whatever the content type, or a form.
 *
 * @throws GantryError `invalid`
 */
export function parseBody(text: string, contentType: string | undefined): Body {
  if (text.trim() === '') return { fields: {}, isForm: false };
  if (isForm(contentType, text)) return readForm(text);
  const fields = parseJson(text);
  if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) return { fields, isForm: false };
  throw new GantryError('invalid', NOT_AN_OBJECT, {
    step: 'body',
    reason: { code: 'malformed', args: { field: 'body' } },
  });
}

/**
 * Parses JSON whose sender is known, no deeper than whoever prints or stores it can take.
 *
 * @throws GantryError `invalid`
 */
export function parseJson(text: string): Json {
  if (isTextDeeperThan(text, MAX_DEPTH)) {
    throw new GantryError('invalid', `the body is nested deeper than ${MAX_JSON_DEPTH} levels`);
  }
  try {
    return readJson(text) as Json;
  } catch (cause) {
    const reason = { code: 'malformed', args: { field: 'body' } } as const;
    throw new GantryError('invalid', cause instanceof RangeError ? cause.message : NOT_JSON, {
      cause,
      step: 'body',
      reason,
    });
  }
}
