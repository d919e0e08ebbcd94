import { z } from '@hono/zod-openapi';
import { listActions } from '../../../db/actions';
import { defineEndpoint } from '../endpoint';
import { text } from '../fields';
import { pageFields, pageReply, rowsOf } from '../paging';
import { actionData, actionSchema } from './data';

export const list = defineEndpoint({
  name: 'list_actions',
  method: 'get',
  path: '/action/list',
  summary: 'The actions of the project, the newest first',
  needs: 'viewer',
  input: z.object({ ...pageFields, name: text(100).describe('Those that have this in their name') }),
  data: z.array(actionSchema),
  isPaged: true,
  async run({ services: { db }, project }, { name, ...page }) {
    const { rows, total } = await listActions(db, project.id, { name, ...rowsOf(page) });
    return pageReply(page, rows.map(actionData), total);
  },
});
