import { z } from '@hono/zod-openapi';
import { changeImplementation } from '../../../rollouts/actions/implementations';
import { defineEndpoint } from '../endpoint';
import { ofKind } from '../says';
import { badParameter, implementationInput, NOT_FOUND } from './data';

/** The id is the action's; that of the body does not count (orion §1.6, §10). */
export const update = defineEndpoint({
  name: 'update_action_implementation',
  method: 'post',
  path: '/actimpl/update/{id}',
  summary: "Changes what an action does; the id is the action's",
  needs: 'editor',
  needsBody: true,
  input: implementationInput,
  data: z.string().max(0),
  says: [ofKind('not_found', NOT_FOUND, 404), badParameter],
  async run({ services: { db }, project, actor, ids }, { template, type }) {
    const change = { actionId: ids.id!, given: { template, type } };
    await changeImplementation(db, { projectId: project.id }, change, actor);
    return { data: '' };
  },
});
