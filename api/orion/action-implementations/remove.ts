import { z } from '@hono/zod-openapi';
import { removeImplementation } from '../../../rollouts/actions/implementations';
import { defineEndpoint } from '../endpoint';

/** The id is the action's; where there is nothing, that is no failure (orion §1.6). */
export const remove = defineEndpoint({
  name: 'delete_action_implementation',
  method: 'post',
  path: '/actimpl/delete/{id}',
  summary: "Takes away what an action does; the id is the action's",
  needs: 'editor',
  input: z.object({}),
  data: z.string().max(0),
  async run({ services: { db }, project, actor, ids }) {
    await removeImplementation(db, { projectId: project.id }, ids.id!, actor);
    return { data: '' };
  },
});
