import { z } from '@hono/zod-openapi';
import { changeAction } from '../../../rollouts/actions/actions';
import { defineEndpoint } from '../endpoint';
import { missing } from '../says';
import { actionInput, actionOf } from './data';

export const update = defineEndpoint({
  name: 'update_action',
  method: 'post',
  path: '/action/update/{id}',
  summary: 'Changes what is given of an action',
  needs: 'editor',
  needsBody: true,
  input: actionInput,
  data: z.string().max(0),
  says: [missing('action', 'action in db not found')],
  async run({ services: { db }, project, actor, ids }, given) {
    await changeAction(db, { projectId: project.id }, { id: ids.id!, given: actionOf(given) }, actor);
    return { data: '' };
  },
});
