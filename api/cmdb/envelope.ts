import type { Context } from 'hono';
import type { Reply } from '../endpoint';
import type { Failure } from '../failure';
import { codeOf, STATUS, type Told } from './code-of';
import type { CmdbEndpoint } from './endpoint';
import { languageOf } from './language';
import { messageOf } from './message';

/** The envelope of answers (cmdb §0). */
export function succeed(context: Context, { data = 'success' }: Reply): Response {
  return context.json({ result: true, bk_error_code: 0, bk_error_msg: 'success', data });
}

/** The envelope of failures (cmdb §0). What is wrong in detail, and what to do, stands beside the text of its code. */
export function fail(context: Context, failure: Failure): Response {
  const requestId = String(context.get('requestId'));
  const language = languageOf((name) => context.req.header(name));
  const told = toldOf(failure, context.get('endpoint') as CmdbEndpoint | undefined, requestId);
  const { kind, message, details = [{ message }] } = failure;
  return context.json(
    {
      result: false,
      bk_error_code: told.code,
      bk_error_msg: messageOf(told, language),
      data: null,
      errors: details,
      request_id: requestId,
    },
    STATUS[kind],
  );
}

/** What fails in the database has a code by what was asked for. */
function toldOf(failure: Failure, endpoint: CmdbEndpoint | undefined, requestId: string): Told {
  const isStoreFailure = failure.kind === 'internal' || failure.kind === 'unavailable';
  if (isStoreFailure && endpoint?.storeFailure) return { code: endpoint.storeFailure, args: [] };
  return codeOf(failure, requestId);
}
