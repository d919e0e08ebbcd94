import type { Context } from 'hono';
import { shortened } from '../../base/text';
import type { Reply } from '../endpoint';
import type { Failure } from '../failure';
import { HTTP_STATUS } from '../http-status';
import type { ServedEndpoint } from './endpoint';
import { sayingOf } from './says';

/** What the document has no code for has the status of its kind; what is refused is 400 there, whatever the reason. */
const STATUS: typeof HTTP_STATUS = { ...HTTP_STATUS, refused: 400, wrong_state: 400 };

const MAX_MESSAGE = 2_000;
const MAX_PROBLEMS = 100;

/** The envelope of answers (orion §0). */
export function succeed(context: Context, { data = {}, message = 'success', beside }: Reply): Response {
  return context.json({ code: 0, msg: message, data, ...beside });
}

/**
 * The envelope of failures, whose code is the HTTP status (orion §0). Where the document has words for one, what is wrong in
 * detail stands beside them.
 */
export function fail(context: Context, failure: Failure): Response {
  const endpoint = context.get('endpoint') as ServedEndpoint | undefined;
  const saying = sayingOf(endpoint?.says, failure);
  const code = saying?.code ?? STATUS[failure.kind];
  const text = saying?.text ?? failure.message;
  const { details = [{ message: failure.message }] } = failure;
  const msg = bounded(typeof text === 'string' ? text : text(failure));
  const errors = details.slice(0, MAX_PROBLEMS).map(bounded);
  return context.json({ code, msg, data: {}, errors, request_id: String(context.get('requestId')) }, code);
}

/** Messages repeat what was sent, however much that was. */
function bounded<T>(given: T): T {
  if (typeof given === 'string') return shortened(given, MAX_MESSAGE) as T;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, bounded(value)])) as T;
}
