import { z } from '@hono/zod-openapi';
import { requireImplementation } from '../../../rollouts/actions/implementations';
import { defineEndpoint } from '../endpoint';
import { ofKind } from '../says';
import { implementationData, implementationSchema, NOT_FOUND } from './data';

/** The id is the action's (orion §1.6). */
export const info = defineEndpoint({
  name: 'get_action_implementation',
  method: 'post',
  path: '/actimpl/{id}',
  summary: "What an action does; the id is the action's",
  needs: 'viewer',
  input: z.object({}),
  data: implementationSchema,
  badId: () => 'id is error...',
  says: [ofKind('not_found', NOT_FOUND, 404)],
  async run({ services: { db }, project, ids }) {
    return { data: implementationData(await requireImplementation(db, { projectId: project.id }, ids.id!)) };
  },
});
