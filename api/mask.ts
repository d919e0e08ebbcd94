import type { Context, MiddlewareHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { maskedJson, maskingStream } from '../base/masking';

/**
 * Masks sealed secrets in every answer, of whatever endpoint and kind: the one place where they could leave the house. What
 * bk-sops shows here is cipher text too; ours would be opened for anyone who may make a task with it.
 */
export function maskAnswers(): MiddlewareHandler {
  return async function maskAnswer(context, next) {
    let written: Response | undefined;
    // JSON as it is made: to read it again when it is a Response costs more than all other middleware together.
    const json = (value: unknown, status?: ContentfulStatusCode, headers?: Record<string, string>) => {
      written = context.body(maskedJson(value), status, { 'content-type': 'application/json', ...headers });
      return written;
    };
    context.json = json as unknown as Context['json'];
    await next();
    const { res } = context;
    if (res === written || !res.body) return;
    const headers = new Headers(res.headers);
    // Masked, it may be shorter.
    headers.delete('content-length');
    context.res = undefined;
    context.res = new Response(res.body.pipeThrough(maskingStream()), { status: res.status, headers });
  };
}
