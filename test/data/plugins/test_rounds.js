const { z } = require('zod');

/** What was asked of the plugin, in order, by task: what a real one would find in its rows. */
const asked = (globalThis.askedInRounds ??= new Map());

function note({ run: { taskId, attempt }, inputs }, step) {
  const steps = asked.get(taskId) ?? [];
  steps.push({ attempt, secret: inputs.secret, ...step });
  asked.set(taskId, steps);
}

/** Works in rounds as its input says: `answers` holds what it answers to each question. */
exports.plugin = {
  code: 'test_rounds',
  version: 'legacy',
  name: 'In rounds',
  group: 'Test',
  description: 'Works in rounds as its input says',
  inputs: z.object({
    answers: z.array(z.record(z.string(), z.unknown())),
    crash: z.boolean().default(false),
    secret: z.string().default(''),
  }),
  outputs: z.object({ rounds: z.number(), told: z.unknown() }),
  rounds: {
    async next(context) {
      const { round, callback, crashed, inputs } = context;
      note(context, { round, callback, crashed });
      const answer = inputs.answers[round - 1];
      if (answer.fail) throw new Error(answer.fail);
      if (answer.wait === 'until') return { ...answer, at: Date.now() + 200 };
      return answer;
    },
    async part(context) {
      note(context, { round: context.round, part: context.part });
      if (context.inputs.crash && context.part === 0) throw new Error('part 0 has crashed');
    },
  },
};
