import { z } from '@hono/zod-openapi';
import { createImplementation } from '../../../rollouts/actions/implementations';
import { defineEndpoint } from '../endpoint';
import { because, missing } from '../says';
import { badParameter, implementationInput } from './data';

export const create = defineEndpoint({
  name: 'create_action_implementation',
  method: 'post',
  path: '/actimpl/create',
  summary: 'Says what an action does',
  needs: 'editor',
  needsBody: true,
  input: implementationInput,
  data: z.number().int().describe('The id of the implementation'),
  says: [
    missing('action', ({ reason }) => `action ${reason?.code === 'not_found' ? reason.args.id : ''} not found`, 400),
    because('duplicate', ({ details: [there] = [] }) => {
      const { action, type } = there as { action: number; type: string };
      return `action impl already exists for action ${action}[${type}]`;
    }),
    badParameter,
  ],
  async run({ services: { db }, project, actor }, { action_id: actionId, ...given }) {
    const { id } = await createImplementation(db, { projectId: project.id }, { actionId, given }, actor);
    return { data: id };
  },
});
