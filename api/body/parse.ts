import { GantryError } from '../../base/error';
import { NOT_FINITE, overflowIn, parseJson as readJson } from '../../base/json';
import type { Json } from '../../pipeline/json';
import { MAX_JSON_DEPTH } from '../../pipeline/tree/limits';
import type { Body } from '../family';
import { isForm, isMultipart, NOT_MULTIPART, readForm } from './form';
import { isTextDeeperThan, NOT_AN_OBJECT, NOT_JSON } from './members';

/** A tree stands one level deep in a body. */
const MAX_DEPTH = MAX_JSON_DEPTH + 1;

const UNREADABLE = { code: 'unreadable', args: { what: 'body' } } as const;

/**
 * Reads the body of somebody who is known: a JSON object, whatever the content type, or a form.
 *
 * @throws GantryError `invalid`
 */
export function parseBody(text: string, contentType: string | undefined): Body {
  if (text.trim() === '') return { fields: {}, isForm: false, isEmpty: true };
  if (isForm(contentType, text)) return readForm(text);
  if (isMultipart(contentType, text)) throw new GantryError('invalid', NOT_MULTIPART, { reason: UNREADABLE });
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
 * @param at where the text stands, for messages
 * @throws GantryError `invalid`
 */
export function parseJson(text: string, at: readonly string[] = []): Json {
  if (isTextDeeperThan(text, MAX_DEPTH)) {
    const message = `the body is nested deeper than ${MAX_JSON_DEPTH} levels`;
    throw new GantryError('invalid', message, { reason: UNREADABLE });
  }
  let value: unknown;
  try {
    value = readJson(text);
  } catch (cause) {
    const reason = { code: 'malformed', args: { field: 'body' } } as const;
    throw new GantryError('invalid', cause instanceof RangeError ? cause.message : NOT_JSON, {
      cause,
      step: 'body',
      reason,
    });
  }
  const place = overflowIn(text, value);
  if (place) throw notFinite([...at, ...place].join('.'));
  return value as Json;
}

function notFinite(field: string): GantryError {
  const message = `invalid params: '${field}': ${NOT_FINITE}`;
  return new GantryError('invalid', message, { details: [{ field, message: NOT_FINITE }] });
}

/** Whether a text is JSON, and holds a number that is not finite. */
export function isOfNotFinite(error: unknown): boolean {
  return error instanceof GantryError && error.message.endsWith(NOT_FINITE);
}
