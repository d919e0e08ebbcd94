import { z } from '@hono/zod-openapi';
import { requireTemplate } from '../../../rollouts/templates/templates';
import { defineEndpoint } from '../endpoint';
import { missing } from '../says';
import { templateData, templateSchema } from './data';

export const info = defineEndpoint({
  name: 'get_template',
  method: 'post',
  path: ['/task_tpl/{id}', '/task/impl/{id}', '/action/impl/{id}'],
  summary: 'A rollout template',
  needs: 'viewer',
  input: z.object({}),
  data: templateSchema,
  says: [missing('rollout template', 'data not found')],
  async run({ services: { db }, project, ids }) {
    return { data: templateData(await requireTemplate(db, { projectId: project.id }, ids.id!)) };
  },
});
