import { z } from '@hono/zod-openapi';
import type { ImplementationRecord } from '../../../db/actions';
import { maybe, wholeOrNone } from '../fields';
import type { Saying } from '../says';

/** What an action does, as it is answered (orion §1.6). */
export const implementationSchema = z.object({
  id: z.number().int(),
  type: z.string(),
  action_id: z.number().int(),
  template: z.unknown().optional(),
});

export function implementationData({ id, type, action_id, template }: ImplementationRecord) {
  return { id, type, action_id, template };
}

export const implementationInput = z.object({
  action_id: wholeOrNone(),
  type: maybe(z.string()).describe('ansible'),
  template: z
    .unknown()
    .optional()
    .describe('{"action":{"module":"shell","args":…}} or {"action":{"module":"longscript","content":…}}'),
});

/** What is wrong with it: the place in its script, and what to write instead. */
export const badParameter: Saying = {
  code: 400,
  means: ({ kind, reason }) => kind === 'invalid' && !(reason?.code === 'malformed' && reason.args.field === 'id'),
  text: ({ message }) => `Bad parameter: ${message}`,
};

export const NOT_FOUND = 'actimpl in db not found';
