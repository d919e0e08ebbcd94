const { setTimeout: delay } = require('node:timers/promises');
const { z } = require('zod');

/** Stands for any plugin that is done within milliseconds; a plugin of an installation's own folder. */
exports.plugin = {
  code: 'test_quick',
  version: 'legacy',
  name: 'Quick',
  group: 'Test',
  description: 'Waits for some milliseconds and hands its input on',
  effect: 'idempotent',
  quick: true,
  inputs: z.object({ ms: z.number().default(0), value: z.unknown().optional() }),
  outputs: z.object({ value: z.unknown() }),
  async run({ ms, value }) {
    await delay(ms);
    if (value === 'fail') throw new Error('asked to fail');
    return { value };
  },
};
