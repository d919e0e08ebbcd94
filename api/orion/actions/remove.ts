import { z } from '@hono/zod-openapi';
import { removeAction } from '../../../rollouts/actions/actions';
import { defineEndpoint } from '../endpoint';
import { isUsing, missing } from '../says';

export const remove = defineEndpoint({
  name: 'delete_action',
  method: 'post',
  path: '/action/delete/{id}',
  summary: 'Deletes an action that no remote step has, with its implementation',
  needs: 'editor',
  input: z.object({}),
  data: z.string().max(0),
  says: [missing('action', 'action in db not found'), isUsing('action', { 'remote step': 'step' }, 404)],
  async run({ services: { db }, project, actor, ids }) {
    await removeAction(db, { projectId: project.id }, ids.id!, actor);
    return { data: '' };
  },
});
