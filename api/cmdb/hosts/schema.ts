import { z } from '@hono/zod-openapi';

/** Ids as clients of hosts send them. */
export const sentIds = z.unknown().optional().describe('Ids: a list, or joined by commas');
