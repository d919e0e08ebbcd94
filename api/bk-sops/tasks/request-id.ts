import { z } from '@hono/zod-openapi';

/** A client's own id for a request, by which it may be sent again. */
export function requestId(where?: string) {
  const description = `Repeating a request with the same id is one request${where ? `, ${where}` : ''}`;
  return z.string().min(1).max(100).optional().describe(description);
}
