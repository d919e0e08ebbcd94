import { z } from '@hono/zod-openapi';
import { requireAction } from '../../../rollouts/actions/actions';
import { defineEndpoint } from '../endpoint';
import { missing } from '../says';
import { actionData, actionSchema } from './data';

export const info = defineEndpoint({
  name: 'get_action',
  method: 'post',
  path: '/action/{id}',
  summary: 'An action',
  needs: 'viewer',
  input: z.object({}),
  data: actionSchema,
  badId: () => 'id is error...',
  says: [missing('action', 'action in db not found')],
  async run({ services: { db }, project, ids }) {
    return { data: actionData(await requireAction(db, { projectId: project.id }, ids.id!)) };
  },
});
