import { z } from '@hono/zod-openapi';
import { MAX_CHOSEN_HOSTS } from '../pipeline/machine';

/** Which hosts of a node are run again, as requests say it. */
export const hostChoice = z
  .union(
    [z.enum(['unfinished', 'all']), z.array(z.number().int().min(1).max(2_147_483_647)).min(1).max(MAX_CHOSEN_HOSTS)],
    `hosts is "unfinished", "all", or 1 to ${MAX_CHOSEN_HOSTS} ids of hosts`,
  )
  .optional()
  .describe(
    'Of a node that works on hosts, which ones: "unfinished" (the default: those on which it has not ended well, but for those ' +
      'that are lost), "all", or ids. Required where the script or its parameters change',
  );
