import { z } from '@hono/zod-openapi';
import { rightsOf } from '../../../access/permission';
import { operateTask } from '../../../tasks/operate';
import { requireTaskOf } from '../../../tasks/require-task';
import { defineEndpoint } from '../endpoint';

export const stopTaskEndpoint = defineEndpoint({
  name: 'stop_task',
  method: 'post',
  path: '/projects/{project_id}/tasks/{task_id}/stop',
  needs: 'operator',
  summary: 'End a task: what it runs on hosts is ended there too',
  input: z.object({}),
  data: z.object({ task_id: z.number().int() }),
  async run({ services, actor, caller, project, ids }) {
    const task = await requireTaskOf(services.db, project.id, ids.task_id!);
    await operateTask(services, task, { action: 'stop' }, { actor, rights: rightsOf(caller, project) });
    return { data: { task_id: task.id } };
  },
});
