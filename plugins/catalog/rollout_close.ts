import { z } from 'zod';
import { definePlugin } from '../plugin';

/** Closes a batch of a rollout and says how it goes on (docs/architecture.md, "Rollouts"). */
export const plugin = definePlugin({
  code: 'rollout_close',
  version: '1.0',
  name: 'Close batch',
  group: 'Rollouts',
  description: 'Closes a batch of a rollout; part of the trees that rollouts are run by',
  effect: 'idempotent',
  quick: true,
  inputs: z.object({
    flow: z.coerce.number().int().describe('Id of the rollout'),
    batch: z.coerce.number().int().describe('The batch'),
  }),
  outputs: z.object({
    after: z
      .enum(['next', 'gate', 'end'])
      .describe('How it goes on: with the next batch, when somebody lets it, or not'),
    done: z.number().int().describe('Hosts of the batch that have come through'),
    failed: z.number().int().describe('Those that have failed'),
  }),
  run: async ({ flow, batch }, { batches }) => ({ ...(await batches.close(flow, batch)) }),
});
