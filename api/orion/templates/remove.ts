import { z } from '@hono/zod-openapi';
import { removeTemplate } from '../../../rollouts/templates/templates';
import { defineEndpoint } from '../endpoint';
import { isUsing, missing } from '../says';

function removes(name: string, path: readonly string[], notFound: string) {
  return defineEndpoint({
    ...{ name, path },
    method: 'post',
    summary: 'Deletes a rollout template that no pool has, and no flow that has not ended',
    needs: 'editor',
    input: z.object({}),
    data: z.null(),
    says: [missing('rollout template', notFound), isUsing('template', {}, 400)],
    async run({ services: { db }, project, actor, ids }) {
      await removeTemplate(db, { projectId: project.id }, ids.id!, actor);
      return { data: null };
    },
  });
}

/** The id may stand in the path, the query or the body (orion §1.4). */
export const remove = [
  removes('delete_task_impl', ['/task/impl/delete', '/task/impl/delete/{id}'], 'task impl not found'),
  removes('delete_template', ['/task_tpl/delete', '/task_tpl/delete/{id}'], 'data not found'),
  removes('delete_action_impl', ['/action/impl/delete', '/action/impl/delete/{id}'], 'data not found'),
];
