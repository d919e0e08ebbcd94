import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Reply } from '../endpoint';
import type { Failure, FailureKind } from '../failure';

/** Codes of the family (bk-sops §7.1). */
const CODES = {
  success: 0,
  paramInvalid: 3540000,
  forbidden: 3540100,
  contentNotExist: 3540400,
  invalidOperation: 3545000,
  validation: 3546100,
  unknown: 3599999,
} as const;

interface Refusal {
  status: ContentfulStatusCode;
  code: number;
  /** The API gateway's word for refusals that are its own. */
  codeName?: string;
}

/** Business errors are HTTP 200; credentials are refused as the gateway does (bk-sops §10). */
const REFUSALS: Record<FailureKind, Refusal> = {
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
  no_path: { status: 404, code: CODES.contentNotExist },
  no_method: { status: 405, code: CODES.invalidOperation },
  internal: { status: 500, code: CODES.unknown },
};

/** The envelope of answers. */
export function succeed(context: Context, { data, message = 'success', beside }: Reply): Response {
  return context.json({
    result: true,
    code: CODES.success,
    message,
    ...(data === undefined ? {} : { data }),
    ...beside,
    request_id: context.get('requestId'),
  });
}

/** The envelope of failures. */
export function fail(context: Context, { kind, message, details }: Failure): Response {
  const { status, code, codeName } = REFUSALS[kind];
  const body = {
    result: false,
    code,
    ...(codeName ? { code_name: codeName } : {}),
    message,
    data: null,
    ...(details ? { errors: details } : {}),
    request_id: context.get('requestId'),
  };
  return context.json(body, status);
}
