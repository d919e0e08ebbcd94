import { z } from '@hono/zod-openapi';
import { createAction } from '../../../rollouts/actions/actions';
import { defineEndpoint } from '../endpoint';
import { actionInput, actionOf } from './data';

export const create = defineEndpoint({
  name: 'create_action',
  method: 'post',
  path: '/action/create',
  summary: 'Makes an action',
  needs: 'editor',
  needsBody: true,
  input: actionInput,
  data: z.number().int().describe('Its id'),
  async run({ services: { db }, project, actor }, given) {
    const { id } = await createAction(db, { projectId: project.id }, actionOf(given), actor);
    return { data: id };
  },
});
