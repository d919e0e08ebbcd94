import { z } from 'zod';
import { defineRoundsPlugin, PluginFailure } from '../plugin';

/** Has a batch of a rollout wait for other pools that its hosts need (docs/architecture.md, "Rollouts"). */
export const plugin = defineRoundsPlugin({
  code: 'rollout_await',
  version: '1.0',
  name: 'Await pools',
  group: 'Rollouts',
  description:
    'Waits for hosts of other pools that a batch of a rollout needs; part of the trees that rollouts are run by',
  inputs: z.object({
    flow: z.coerce.number().int().describe('Id of the rollout'),
    batch: z.coerce.number().int().describe('The batch'),
  }),
  outputs: z.object({
    going: z.number().int().describe('Hosts of the batch that go on'),
    surplus: z
      .number()
      .int()
      .describe('Hosts of the batch that have failed, because others that they need are not there'),
  }),
  rounds: {
    async next({ rollouts, inputs }) {
      const answer = await rollouts.awaitNeeded(inputs);
      if ('wait' in answer) return answer;
      const { problem, ...outputs } = answer.end;
      return problem === undefined ? { done: outputs } : { failed: new PluginFailure(problem, outputs) };
    },
    async part() {
      return undefined;
    },
  },
});
