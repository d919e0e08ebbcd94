import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { definePlugin } from '../../plugins/plugin';

/** Does nothing: what is measured is everything around it. `ms` makes it last. */
export const plugin = definePlugin({
  code: 'bench_noop',
  version: 'legacy',
  name: 'No operation',
  group: 'Bench',
  description: 'Does nothing',
  effect: 'none',
  inputs: z.object({ ms: z.number().default(0) }),
  outputs: z.object({}),
  async run({ ms }) {
    if (ms > 0) await delay(ms);
    return {};
  },
});
