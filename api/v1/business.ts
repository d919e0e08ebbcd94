import { z } from '@hono/zod-openapi';

/** Something of the inventory, as others refer to it. */
export const named = z.object({ id: z.number().int(), name: z.string() });

/** A time, RFC 3339 in UTC. */
export const time = z.string().describe('RFC 3339, in UTC');
