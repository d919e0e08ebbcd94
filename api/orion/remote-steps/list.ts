import { z } from '@hono/zod-openapi';
import { listSteps } from '../../../rollouts/remote-steps/remote-steps';
import { defineEndpoint } from '../endpoint';
import { text } from '../fields';
import { pageFields, pageReply, rowsOf } from '../paging';
import { remoteStepData, remoteStepSchema } from './data';

export const list = defineEndpoint({
  name: 'list_remote_steps',
  method: 'get',
  path: '/remote_step/list',
  summary: 'The remote steps of the project, the newest first',
  needs: 'viewer',
  input: z.object({ ...pageFields, name: text(100).describe('Those that have this in their name') }),
  data: z.array(remoteStepSchema),
  isPaged: true,
  async run({ services: { db }, project }, { name, ...page }) {
    const { rows, total } = await listSteps(db, { projectId: project.id }, { name, ...rowsOf(page) });
    return pageReply(page, rows.map(remoteStepData), total);
  },
});
