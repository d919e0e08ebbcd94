import { z } from '@hono/zod-openapi';
import { taskUrlOf } from '../../../tasks/context';
import { startTask } from '../../../tasks/start';
import { defineEndpoint } from '../endpoint';
import { requireTask } from './lookup';

/** Starts a task, once (bk-sops §7.2); with `hold` it begins paused. */
export const startTaskEndpoint = defineEndpoint({
  name: 'start_task',
  method: 'post',
  path: ['task_id', 'bk_biz_id'],
  needs: 'operator',
  summary: 'Start a task',
  input: z.object({ hold: z.boolean().default(false).describe('Begin paused, in front of the first node') }),
  data: z.object({ task_url: z.string() }),
  async run(call, { hold }) {
    const { services, project, actor } = call;
    const task = await requireTask(call);
    await startTask(services, task, project, { actor, isPaused: hold });
    return { data: { task_url: taskUrlOf(services.baseUrl, project.id, task.id) } };
  },
});
