import { z } from '@hono/zod-openapi';
import { removeTask } from '../../../tasks/remove';
import { defineEndpoint } from '../endpoint';
import { requireTask } from './lookup';

/** Deletes a task that is not running. Upstream has this in its web pages. */
export const deleteTaskEndpoint = defineEndpoint({
  name: 'delete_task',
  method: 'post',
  path: ['task_id', 'bk_biz_id'],
  needs: 'editor',
  summary: 'Delete a task that is not running',
  input: z.object({}),
  data: z.object({}),
  async run(call) {
    await removeTask(call.services.db, await requireTask(call), call.actor);
    return { data: {} };
  },
});
