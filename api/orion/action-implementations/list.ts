import { z } from '@hono/zod-openapi';
import { listImplementations } from '../../../db/actions';
import { defineEndpoint } from '../endpoint';
import { pageFields, pageReply, rowsOf } from '../paging';
import { implementationData, implementationSchema } from './data';

export const list = defineEndpoint({
  name: 'list_action_implementations',
  method: 'get',
  path: '/actimpl/list',
  summary: 'What the actions of the project do, the oldest first',
  needs: 'viewer',
  input: z.object(pageFields),
  data: z.array(implementationSchema),
  isPaged: true,
  async run({ services: { db }, project }, page) {
    const { rows, total } = await listImplementations(db, project.id, rowsOf(page));
    return pageReply(page, rows.map(implementationData), total);
  },
});
