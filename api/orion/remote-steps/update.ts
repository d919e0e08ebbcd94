import { z } from '@hono/zod-openapi';
import { changeRemoteStep } from '../../../rollouts/remote-steps/remote-steps';
import { defineEndpoint } from '../endpoint';
import { missing } from '../says';
import { NOT_FOUND, remoteStepInput, remoteStepOf } from './data';

export const update = defineEndpoint({
  name: 'update_remote_step',
  method: 'post',
  path: '/remote_step/update/{id}',
  summary: 'Changes what is given of a remote step; templates say its new name',
  needs: 'editor',
  needsBody: true,
  input: remoteStepInput,
  data: z.string().max(0),
  says: [missing('remote step', NOT_FOUND)],
  async run({ services: { db }, project, actor, ids }, given) {
    await changeRemoteStep(db, { projectId: project.id }, { id: ids.id!, given: remoteStepOf(given) }, actor);
    return { data: '' };
  },
});
