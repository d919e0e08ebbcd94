import { z } from '@hono/zod-openapi';
import type { RemoteStep } from '../../../rollouts/remote-steps/remote-steps';
import { list, maybe } from '../fields';

/** A remote step as it is answered (orion §1.6). */
export const remoteStepSchema = z.object({
  id: z.number().int(),
  name: z.string(),
  desc: z.string(),
  actions: z.array(z.string()),
});

export function remoteStepData({ id, name, description, actions }: RemoteStep): z.input<typeof remoteStepSchema> {
  return { id, name, desc: description, actions };
}

export const remoteStepInput = z.object({
  name: maybe(z.string()),
  desc: maybe(z.string()),
  actions: maybe(list(z.string(), 1_000)).describe('Names of actions, in order'),
});

export function remoteStepOf({ name, desc, actions }: z.output<typeof remoteStepInput>) {
  return { name, description: desc, actions };
}

export const NOT_FOUND = 'remote_step in db not found';
