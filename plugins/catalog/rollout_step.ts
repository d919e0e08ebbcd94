import { z } from 'zod';
import { defineRoundsPlugin, PluginFailure, type RoundsEnd } from '../plugin';
import { outputsOfStep, type StepEnd } from '../rollouts';

const MAX_TOLD = 3;

/** Does one step of a rollout on the hosts of a batch (docs/architecture.md, "Rollouts"). */
export const plugin = defineRoundsPlugin({
  code: 'rollout_step',
  version: '1.0',
  name: 'Rollout step',
  group: 'Rollouts',
  description: 'Does a step of a rollout on the hosts of a batch; part of the trees that rollouts are run by',
  inputs: z.object({
    flow: z.coerce.number().int().describe('Id of the rollout'),
    step: z.coerce.number().int().describe('The step, from 0'),
    batch: z.coerce.number().int().describe('The batch'),
  }),
  outputs: z.object({
    total: z.number().describe('Hosts of the batch on which the step was to be done'),
    counts: z.record(z.string(), z.number()).describe('They, by how they stand: ok, failed, unreachable, lost, ...'),
    surviving: z.number().describe('Hosts of the batch that go on'),
    failures: z.array(z.string()).describe('The first of those that have failed'),
  }),
  rounds: {
    async next({ rollouts, inputs, round, crashed }) {
      const answer = await rollouts.next(inputs, { round, crashed });
      return 'end' in answer ? endOf(answer.end) : answer;
    },
    async part({ rollouts, inputs, part, of }) {
      const answer = await rollouts.part(inputs, { part, of });
      return answer && endOf(answer.end);
    },
  },
});

function endOf(end: StepEnd): RoundsEnd {
  const outputs = outputsOfStep(end);
  const { problem, failures } = end;
  if (problem === undefined) return { done: outputs };
  const told = failures.length > 0 ? `${problem}: ${failures.slice(0, MAX_TOLD).join('; ')}` : problem;
  return { failed: new PluginFailure(told, outputs, { plain: problem }) };
}
