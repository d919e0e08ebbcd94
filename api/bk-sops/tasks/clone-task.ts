import { z } from '@hono/zod-openapi';
import { cloneTask } from '../../../tasks/clone';
import { taskUrlOf } from '../../../tasks/context';
import { defineEndpoint } from '../endpoint';
import { requireTask } from './lookup';

/** Creates a task of the same tree as another one; it does not start. Upstream has this in its web pages. */
export const cloneTaskEndpoint = defineEndpoint({
  name: 'clone_task',
  method: 'post',
  path: ['task_id', 'bk_biz_id'],
  needs: 'operator',
  summary: 'Create a task of the same tree',
  input: z.object({ name: z.string().min(1).max(100).optional().describe('The same by default') }),
  data: z.object({
    task_id: z.number().int(),
    task_url: z.string(),
    pipeline_tree: z.record(z.string(), z.unknown()),
  }),
  async run(call, { name }) {
    const { services, project, actor } = call;
    const task = await requireTask(call);
    const { id, tree } = await cloneTask(services.db, task, { project, actor, name });
    return { data: { task_id: id, task_url: taskUrlOf(services.baseUrl, project.id, id), pipeline_tree: { ...tree } } };
  },
});
