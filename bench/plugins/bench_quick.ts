import { z } from 'zod';
import { definePlugin } from '../../plugins/plugin';

/** Does nothing, and declares that it does so quickly. */
export const plugin = definePlugin({
  code: 'bench_quick',
  version: 'legacy',
  name: 'Quick no operation',
  group: 'Bench',
  description: 'Does nothing, within milliseconds',
  effect: 'none',
  quick: true,
  inputs: z.object({}),
  outputs: z.object({}),
  run: async () => ({}),
});
