import type { Context, MiddlewareHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { maskTokens } from '../secrets/token';

/**
 * Masks sealed secrets in every JSON answer, of whatever endpoint: the one place where they could leave the house. What
 * bk-sops shows here is cipher text too; ours would be opened for anyone who may make a task with it.
 */
export function maskAnswers(): MiddlewareHandler {
  return async function maskAnswer(context, next) {
    // As the answer is made: to read it again when it is a Response costs more than all other middleware together.
    const json = (value: unknown, status?: ContentfulStatusCode, headers?: Record<string, string>) =>
      context.body(maskTokens(JSON.stringify(value)), status, { 'content-type': 'application/json', ...headers });
    context.json = json as unknown as Context['json'];
    await next();
  };
}
