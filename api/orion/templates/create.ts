import { z } from '@hono/zod-openapi';
import { createTemplate } from '../../../rollouts/templates/templates';
import { defineEndpoint } from '../endpoint';
import { badInput, because, type Saying } from '../says';
import { noStep, templateInput, templateOf } from './data';

function creates(name: string, path: string, says: readonly Saying[]) {
  return defineEndpoint({
    ...{ name, path },
    method: 'post',
    summary: 'Makes a rollout template',
    needs: 'editor',
    needsBody: true,
    input: templateInput,
    data: z.number().int().describe('Its id'),
    says: [noStep, ...says],
    async run({ services: { db }, project, actor }, given) {
      const { id } = await createTemplate(db, { projectId: project.id }, templateOf(given), actor);
      return { data: id };
    },
  });
}

/** The first of its names has failures of its own in the document (orion §1.4). */
export const create = [
  creates('create_task_impl', '/task/impl/create', [
    badInput('json can not convert '),
    because('duplicate', ({ message }) => message, 404),
  ]),
  creates('create_template', '/task_tpl/create', []),
  creates('create_action_impl', '/action/impl/create', []),
];
