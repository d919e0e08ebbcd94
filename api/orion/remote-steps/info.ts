import { z } from '@hono/zod-openapi';
import { requireRemoteStep } from '../../../rollouts/remote-steps/remote-steps';
import { defineEndpoint } from '../endpoint';
import { missing } from '../says';
import { NOT_FOUND, remoteStepData, remoteStepSchema } from './data';

export const info = defineEndpoint({
  name: 'get_remote_step',
  method: 'post',
  path: '/remote_step/{id}',
  summary: 'A remote step',
  needs: 'viewer',
  input: z.object({}),
  data: remoteStepSchema,
  badId: () => 'id is error...',
  says: [missing('remote step', NOT_FOUND)],
  async run({ services: { db }, project, ids }) {
    return { data: remoteStepData(await requireRemoteStep(db, { projectId: project.id }, ids.id!)) };
  },
});
