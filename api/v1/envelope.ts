import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Reply } from '../endpoint';
import type { Failure, FailureKind } from '../failure';

const STATUS: Record<FailureKind, ContentfulStatusCode> = {
  invalid: 400,
  validation: 400,
  refused: 409,
  wrong_state: 409,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  no_path: 404,
  no_method: 405,
  too_large: 413,
  too_many: 429,
  internal: 500,
  unavailable: 503,
};

/** An answer is its data; where there is none, 204. */
export function succeed(context: Context, { data, status }: Reply): Response {
  return data === undefined ? context.body(null, 204) : context.json(data, status ?? 200);
}

/** The envelope of failures. */
export function fail(context: Context, { kind, message, details = [], reason }: Failure): Response {
  // What is right in itself, and only in the way of something that there is already.
  const status = reason?.code === 'duplicate' ? 409 : STATUS[kind];
  const error = { kind, reason: reason ?? null, message, details, request_id: context.get('requestId') };
  return context.json({ error }, status);
}
