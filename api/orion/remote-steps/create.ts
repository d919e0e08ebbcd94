import { z } from '@hono/zod-openapi';
import { createRemoteStep } from '../../../rollouts/remote-steps/remote-steps';
import { defineEndpoint } from '../endpoint';
import { remoteStepInput, remoteStepOf } from './data';

export const create = defineEndpoint({
  name: 'create_remote_step',
  method: 'post',
  path: '/remote_step/create',
  summary: 'Makes a step of actions that there are',
  needs: 'editor',
  needsBody: true,
  input: remoteStepInput,
  data: z.number().int().describe('Its id'),
  async run({ services: { db }, project, actor }, given) {
    const { id } = await createRemoteStep(db, { projectId: project.id }, remoteStepOf(given), actor);
    return { data: id };
  },
});
