import type { Context } from 'hono';
import { type ErrorKind, GantryError } from '../base/error';
import type { Reason, Step } from '../base/reason';
import { databaseTrouble } from '../db/errors';
import type { Services } from '../tasks/services';
import { isInBetween, isUnreachable } from '../temporal/errors';

/** Besides what use cases throw: paths and methods that there are not, and errors of ours. */
export type FailureKind = ErrorKind | 'no_path' | 'no_method' | 'internal';

/** What a family says in its own words when a request fails. */
export interface Failure {
  kind: FailureKind;
  message: string;
  details?: readonly unknown[] | undefined;
  /** Why, for families that have codes for it. */
  reason?: Reason | undefined;
  /** Where it came, for families that say that in their own words. */
  step?: Step | undefined;
}

/** When a server behind us may be back. */
const AGAIN_AFTER_SECONDS = 1;

/**
 * What a client is told of an error: what was not thrown on purpose stays in the log. Sets `Retry-After` where the same
 * request may be sent again.
 */
export function failureOf(thrown: Error, context: Context, { log }: Pick<Services, 'log'>): Failure {
  const error = asUnavailable(thrown);
  if (!isOurs(error)) {
    const requestId: unknown = context.get('requestId');
    log.error({ error, requestId, path: context.req.path }, 'request failed');
    return { kind: 'internal', message: `internal error, request_id ${requestId}` };
  }
  const { kind, message, details, reason, step, retryAfterSeconds } = error;
  const retryAfter = retryAfterSeconds ?? (kind === 'unavailable' ? AGAIN_AFTER_SECONDS : undefined);
  if (retryAfter !== undefined) context.header('Retry-After', String(retryAfter));
  return { kind, message, details, reason, step };
}

/** By name: Jest has the class once for each test file. */
export function isOurs(error: unknown): error is GantryError {
  return error instanceof Error && error.name === 'GantryError';
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
