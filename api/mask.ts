import type { MiddlewareHandler } from 'hono';
import { maskTokens } from '../secrets/token';

const MASKED_TYPES = /^(application\/json|text\/html)/;

/**
 * Masks sealed secrets in every answer, of whatever endpoint: the one place where they could leave the house. What
 * bk-sops shows here is cipher text too; ours would be opened for anyone who may make a task with it.
 */
export function maskAnswers(): MiddlewareHandler {
  return async function maskAnswer(context, next) {
    await next();
    if (!MASKED_TYPES.test(context.res.headers.get('content-type') ?? '')) return;
    const text = await context.res.text();
    context.res = new Response(maskTokens(text), context.res);
  };
}
