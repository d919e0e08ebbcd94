import { z } from '@hono/zod-openapi';
import { listTemplates } from '../../../rollouts/templates/templates';
import { defineEndpoint } from '../endpoint';
import { text } from '../fields';
import { pageFields, pageReply, rowsOf } from '../paging';
import { templateData, templateSchema } from './data';

export const list = defineEndpoint({
  name: 'list_templates',
  method: 'get',
  path: ['/task_tpl/list', '/task/impl/list', '/action/impl/list'],
  summary: 'The rollout templates of the project, the newest first',
  needs: 'viewer',
  input: z.object({ ...pageFields, name: text(100).describe('Those that have this in their name') }),
  data: z.array(templateSchema),
  isPaged: true,
  async run({ services: { db }, project }, { name, ...page }) {
    const { rows, total } = await listTemplates(db, { projectId: project.id }, { name, ...rowsOf(page) });
    return pageReply(page, rows.map(templateData), total);
  },
});
