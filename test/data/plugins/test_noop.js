const { setTimeout: delay } = require('node:timers/promises');
const { z } = require('zod');

/** Stands for any plugin that is run as an activity. */
exports.plugin = {
  code: 'test_noop',
  version: 'legacy',
  name: 'No-op',
  group: 'Test',
  description: 'Waits for some milliseconds, if at all',
  effect: 'none',
  inputs: z.object({ ms: z.number().default(0) }),
  outputs: z.object({}),
  async run({ ms }) {
    if (ms > 0) await delay(ms);
    return {};
  },
};
