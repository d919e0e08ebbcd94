import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { FailureKind } from './failure';

/** HTTP status of failures, for families that say by it what went wrong. */
export const HTTP_STATUS: Record<FailureKind, ContentfulStatusCode> = {
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
