import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { databaseTrouble } from '../../db/errors';
import { GantryError } from '../../tasks/error';
import type { Services } from '../../tasks/services';
import { isInBetween, isUnreachable } from '../../temporal/errors';
import { catalogEndpoints } from './catalog';
import type { Endpoint } from './endpoint';
import { CODES, failureOf } from './envelope';
import { type Door, mount } from './mount';
import { scheduleEndpoints } from './schedules';
import { taskEndpoints } from './tasks';
import { templateEndpoints } from './templates';
import { mountTokenCallback } from './token-callback';

/** Every endpoint of the family. */
export const endpoints: readonly Endpoint[] = [
  ...taskEndpoints,
  ...templateEndpoints,
  ...scheduleEndpoints,
  ...catalogEndpoints,
];

/** The bk-sops task API (spec section 7). */
export function createSopsApi(door: Door): OpenAPIHono {
  const app = new OpenAPIHono({ strict: false });
  for (const endpoint of endpoints) mount(app, door, endpoint);
  mountTokenCallback(app, door.services);
  return app;
}

/** Errors in the family's envelope; what was not thrown on purpose stays in the log. */
export function fail(thrown: Error, context: Context, { log }: Services): Response {
  const requestId = context.get('requestId');
  const error = asUnavailable(thrown);
  if (!isOurs(error)) {
    log.error({ error, requestId, path: context.req.path }, 'request failed');
    const message = `internal error, request_id ${requestId}`;
    return context.json({ result: false, code: CODES.unknown, message, data: null, request_id: requestId }, 500);
  }
  const { kind, message, details, retryAfterSeconds } = error;
  const { status, code, codeName } = failureOf(kind);
  const retryAfter = retryAfterSeconds ?? (status === 503 ? 1 : undefined);
  if (retryAfter !== undefined) context.header('Retry-After', String(retryAfter));
  const body = {
    result: false,
    code,
    ...(codeName ? { code_name: codeName } : {}),
    message,
    data: null,
    ...(details ? { errors: details } : {}),
    request_id: requestId,
  };
  return context.json(body, status);
}

/** By name: Jest has the class once for each test file. */
function isOurs(error: Error): error is GantryError {
  return error.name === 'GantryError';
}

/** A server behind us that is away is no error of ours: the same request may work in a moment. */
function asUnavailable(error: Error): Error {
  const trouble = databaseTrouble(error);
  if (trouble) return new GantryError('unavailable', trouble, { cause: error });
  if (isUnreachable(error) || isInBetween(error)) {
    return new GantryError('unavailable', 'Temporal cannot be reached', { cause: error });
  }
  return error;
}
