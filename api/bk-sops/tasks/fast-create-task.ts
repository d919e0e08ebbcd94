import { z } from '@hono/zod-openapi';
import { rightsOf } from '../../../access/permission';
import { taskUrlOf } from '../../../tasks/context';
import { knownCategory, requireCleanName } from '../../../tasks/names';
import { createTaskOnce } from '../../../tasks/once';
import { oneTimeTree } from '../../../templates/one-time-tree';
import { prepareTree } from '../../../trees/prepare';
import { defineEndpoint } from '../endpoint';
import { keyedBy } from './keyed';

/** Creates a one-time task from a tree; it does not start (bk-sops §7.2). */
export const fastCreateTask = defineEndpoint({
  name: 'fast_create_task',
  method: 'post',
  path: ['bk_biz_id'],
  needs: 'operator',
  summary: 'Create a one-time task from a pipeline_tree; with an Idempotency-Key header, once',
  input: z.object({
    name: z.string(),
    pipeline_tree: z.record(z.string(), z.unknown()),
    flow_type: z.string().default('common'),
    description: z.string().default(''),
    category: z.string().default('Default'),
    has_common_subprocess: z.boolean().default(false),
    rerun_limit: z.number().int().min(1).max(1000).optional(),
  }),
  wording: [
    { step: 'key' },
    { step: 'sources', text: '[API] fast_create_task get ' },
    { step: 'unfold', of: ['refused'], text: '[API] fast_create_task create pipeline error: ' },
    { of: ['invalid', 'too_large'], text: '[API] fast_create_task get invalid pipeline_tree: ' },
  ],
  data: z.object({
    task_id: z.number().int(),
    task_url: z.string(),
    pipeline_tree: z.record(z.string(), z.unknown()),
  }),
  async run(call, input) {
    const { services, caller, project, actor } = call;
    const name = requireCleanName(input.name, 'name');
    const { id, tree } = await createTaskOnce(services.db, keyedBy(call, 'fast_create_task', input), async () => {
      const { tree, rights } = await oneTimeTree(services.db, {
        projectId: project.id,
        tree: input.pipeline_tree,
        rights: rightsOf(caller, project),
        meansCommon: input.has_common_subprocess,
      });
      return {
        project,
        name,
        prepared: prepareTree(tree, { place: project.id, rights, rerunLimit: input.rerun_limit }),
        mustBeClaimed: input.flow_type === 'common_func',
        category: knownCategory(input.category),
        description: input.description,
        createMethod: 'api',
        actor,
      };
    });
    return { data: { task_id: id, task_url: taskUrlOf(services.baseUrl, project.id, id), pipeline_tree: { ...tree } } };
  },
});
