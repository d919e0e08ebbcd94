const { z } = require('zod');

/** Stands for any plugin that is run as an activity. */
exports.plugin = {
  code: 'test_noop',
  version: 'legacy',
  name: 'No-op',
  group: 'Test',
  description: 'Does nothing',
  effect: 'none',
  inputs: z.object({}),
  outputs: z.object({}),
  async run() {
    return {};
  },
};
