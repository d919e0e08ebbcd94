import { z } from '@hono/zod-openapi';
import { wrongField } from '../../../base/error';
import { stringifyJson } from '../../../base/json';
import type { ActionRecord } from '../../../db/actions';
import { maybe } from '../fields';

/** An action as it is answered (orion §1.6). */
export const actionSchema = z.object({
  id: z.number().int(),
  name: z.string(),
  desc: z.string(),
  params: z.record(z.string(), z.string()),
});

export function actionData({ id, name, description, parameters }: ActionRecord): z.input<typeof actionSchema> {
  return { id, name, desc: description, params: parameters };
}

/** What is said of an action. */
export const actionInput = z.object({
  name: maybe(z.string()),
  desc: maybe(z.string()),
  params: maybe(z.record(z.string(), z.unknown())).describe('Types by name: string or integer'),
});

/** @throws GantryError `invalid` in the document's words */
export function actionOf({ name, desc, params }: z.output<typeof actionInput>) {
  if (params && !/^[\0-\x7f]*$/.test(stringifyJson(params))) {
    const reason = { code: 'malformed', args: { field: 'params', wanted: 'pattern' } } as const;
    throw wrongField('there is unicode character in param', reason);
  }
  return { name, description: desc, parameters: params };
}
