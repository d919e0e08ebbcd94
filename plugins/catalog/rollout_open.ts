import { z } from 'zod';
import { definePlugin } from '../plugin';

/** Opens the next batch of a rollout: the head of the loop that a rollout is (docs/architecture.md, "Rollouts"). */
export const plugin = definePlugin({
  code: 'rollout_open',
  version: '1.0',
  name: 'Open batch',
  group: 'Rollouts',
  description: 'Opens the next batch of a rollout; part of the trees that rollouts are run by',
  effect: 'idempotent',
  quick: true,
  inputs: z.object({ flow: z.coerce.number().int().describe('Id of the rollout') }),
  outputs: z.object({
    batch: z.number().int().describe('The batch, from 1; 0: nothing is left to do'),
    hosts: z.number().int().describe('Hosts of the batch on which something is to be done'),
  }),
  run: async ({ flow }, { batches }) => ({ ...(await batches.open(flow)) }),
});
