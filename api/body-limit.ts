import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { tooLarge } from './bk-sops/fields';

/** Refuses bodies that are larger, before they are read. */
export function limitBodies(maxBytes: number): MiddlewareHandler {
  const limitWhileReading = bodyLimit({ maxSize: maxBytes, onError: () => Promise.reject(tooLarge(maxBytes)) });
  return async function limitBody(context, next) {
    const length = context.req.header('content-length');
    // Without a length it is a stream to count. To look at the stream of any other costs more than the rest of a request.
    if (length === undefined || context.req.header('transfer-encoding') !== undefined) {
      return limitWhileReading(context, next);
    }
    if (Number(length) > maxBytes) throw tooLarge(maxBytes);
    await next();
  };
}
