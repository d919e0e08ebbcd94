import { z } from '@hono/zod-openapi';
import { removeRemoteStep } from '../../../rollouts/remote-steps/remote-steps';
import { defineEndpoint } from '../endpoint';
import { isUsing, missing } from '../says';
import { NOT_FOUND } from './data';

export const remove = defineEndpoint({
  name: 'delete_remote_step',
  method: 'post',
  path: '/remote_step/delete/{id}',
  summary: 'Deletes a remote step that no template has',
  needs: 'editor',
  input: z.object({}),
  data: z.string().max(0),
  says: [missing('remote step', NOT_FOUND), isUsing('step', { 'rollout template': 'template' }, 404)],
  async run({ services: { db }, project, actor, ids }) {
    await removeRemoteStep(db, { projectId: project.id }, ids.id!, actor);
    return { data: '' };
  },
});
