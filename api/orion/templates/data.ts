import { z } from '@hono/zod-openapi';
import type { GivenTemplate, RolloutTemplate } from '../../../rollouts/templates/templates';
import { inAnyCase, list, maybe } from '../fields';
import { missing } from '../says';

/** A rollout template as it is answered (orion §1.4). */
export const templateSchema = z.object({
  id: z.number().int(),
  name: z.string(),
  desc: z.string(),
  steps: z.array(
    z.object({
      name: z.string(),
      param_values: z.record(z.string(), z.unknown()),
      retry: z.object({ retry_times: z.number().int(), ignore_error: z.boolean() }),
    }),
  ),
});

export function templateData({ id, name, description, steps }: RolloutTemplate): z.input<typeof templateSchema> {
  return {
    ...{ id, name, desc: description },
    steps: steps.map(({ name: step, values, retryTimes, ignoreError }) => ({
      name: step,
      param_values: values,
      retry: { retry_times: retryTimes, ignore_error: ignoreError },
    })),
  };
}

/** The document has what is to be done after failures beside the values in its table, and under `retry` in its examples. */
const retries = { retry_times: z.unknown().optional(), ignore_error: z.unknown().optional() };
const stepSchema = inAnyCase(
  z.object({
    name: z.unknown().optional(),
    param_values: z.unknown().optional(),
    retry: inAnyCase(z.object(retries)).nullish(),
    ...retries,
  }),
);

export const templateInput = z.object({
  name: maybe(z.string()),
  desc: maybe(z.string()),
  steps: maybe(list(stepSchema, 1_000)),
});

export function templateOf({ name, desc, steps }: z.output<typeof templateInput>): GivenTemplate {
  const given = steps?.map((step) => ({
    name: step.name,
    values: step.param_values,
    retryTimes: step.retry?.retry_times ?? step.retry_times,
    ignoreError: step.retry?.ignore_error ?? step.ignore_error,
  }));
  return { name, description: desc, ...(given && { steps: given }) };
}

export const noStep = missing('step', ({ reason }) => {
  return `step ${reason?.code === 'not_found' ? reason.args.id : ''} not found`;
});
