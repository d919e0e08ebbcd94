import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ErrorKind } from '../../tasks/error';

/** Codes of the family (spec 7.1). */
export const CODES = {
  success: 0,
  paramInvalid: 3540000,
  forbidden: 3540100,
  contentNotExist: 3540400,
  invalidOperation: 3545000,
  validation: 3546100,
  unknown: 3599999,
} as const;

interface Failure {
  status: ContentfulStatusCode;
  code: number;
  /** The API gateway's word for refusals that are its own. */
  codeName?: string;
}

/** Business errors are HTTP 200; credentials are refused as the gateway does (spec section 10). */
const failures: Record<ErrorKind, Failure> = {
  invalid: { status: 200, code: CODES.paramInvalid },
  unauthenticated: { status: 401, code: 1640001, codeName: 'INVALID_ARGS' },
  forbidden: { status: 403, code: CODES.forbidden },
  not_found: { status: 200, code: CODES.contentNotExist },
  wrong_state: { status: 200, code: CODES.invalidOperation },
  refused: { status: 200, code: CODES.unknown },
  validation: { status: 200, code: CODES.validation },
  too_many: { status: 429, code: CODES.invalidOperation },
  too_large: { status: 413, code: CODES.paramInvalid },
  unavailable: { status: 503, code: CODES.unknown },
};

export function failureOf(kind: ErrorKind): Failure {
  return failures[kind];
}
