import { z } from 'zod';
import { defineInlinePlugin } from '../plugin';

/** Waits for a number of seconds or until a date: a Temporal timer, no activity (bk-sops §8.1). */
export const plugin = defineInlinePlugin({
  code: 'sleep_timer',
  version: 'legacy',
  name: 'Timing',
  group: 'Flow',
  description: 'Waits for a number of seconds, or until a date in the time zone of the project',
  inline: 'wait_until',
  inputs: z.object({
    bk_timing: z
      .union([z.string(), z.number()])
      .describe('Seconds from now, or "YYYY-MM-DD HH:MM:SS" in the time zone of the project'),
    force_check: z.boolean().default(true).describe('A date in the past fails; otherwise the node is over at once'),
  }),
  outputs: z.object({}),
});
