import { z } from '@hono/zod-openapi';
import { changeTemplate } from '../../../rollouts/templates/templates';
import { defineEndpoint } from '../endpoint';
import { missing } from '../says';
import { noStep, templateInput, templateOf } from './data';

export const update = defineEndpoint({
  name: 'update_template',
  method: 'post',
  path: ['/task_tpl/update/{id}', '/task/impl/update/{id}', '/action/impl/update/{id}'],
  summary: 'Changes what is given of a rollout template; flows keep the steps that they were made with',
  needs: 'editor',
  needsBody: true,
  input: templateInput,
  data: z.string().max(0),
  says: [noStep, missing('rollout template', 'data not found')],
  async run({ services: { db }, project, actor, ids }, given) {
    await changeTemplate(db, { projectId: project.id }, { id: ids.id!, given: templateOf(given) }, actor);
    return { data: '' };
  },
});
