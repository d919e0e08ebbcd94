import { z } from '@hono/zod-openapi';

/** What a search takes (cmdb §4). */
export const searchBody = z.object({
  page: z.unknown().optional().describe('{start, limit, sort}; at most 200 at once, sorted by names with - where down'),
  fields: z.unknown().optional().describe('Names of properties; all of them where there are none'),
  condition: z.unknown().optional().describe('Properties with values, or with operators'),
});

/** What a search answers. */
export const found = z.object({
  count: z.number().int().describe('All that match, on whatever page'),
  info: z.array(z.record(z.string(), z.unknown())),
});
