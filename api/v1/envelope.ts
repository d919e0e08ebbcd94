import type { Context } from 'hono';
import type { Reply } from '../endpoint';
import { STREAM_HEADERS, writeEvents } from '../event-stream';
import type { Failure } from '../failure';
import { HTTP_STATUS } from '../http-status';

/** An answer is its data, or the events that come; where there is neither, 204. */
export function succeed(context: Context, { data, status, events }: Reply): Response {
  // Nobody reads what would come.
  if (events && context.req.method === 'HEAD') {
    events.stop.abort();
    return context.body(null, 200, STREAM_HEADERS);
  }
  if (events) return context.body(writeEvents(events), 200, STREAM_HEADERS);
  return data === undefined ? context.body(null, 204) : context.json(data, status ?? 200);
}

/** The envelope of failures. */
export function fail(context: Context, { kind, message, details = [], reason }: Failure): Response {
  // What is right in itself, and only in the way of something that there is already.
  const status = reason?.code === 'duplicate' ? 409 : HTTP_STATUS[kind];
  const error = { kind, reason: reason ?? null, message, details, request_id: context.get('requestId') };
  return context.json({ error }, status);
}
