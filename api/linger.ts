import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';

/**
 * Lets clients read why they were refused before all that they sent was read. To close the connection with the answer, as
 * those ask for that send one request a connection, would reset it while they still send, and they would lose the answer.
 * The server throws away what still comes, for half a second, and then closes.
 */
export function answerBeforeClosing(): MiddlewareHandler {
  return async function lingerAfterRefusal(context, next) {
    await next();
    // Not there where no server is: in tests.
    const { incoming, outgoing } = (context.env ?? {}) as Partial<HttpBindings>;
    if (incoming && outgoing && !incoming.readableEnded) outgoing.shouldKeepAlive = true;
  };
}
