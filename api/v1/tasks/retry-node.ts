import { z } from '@hono/zod-openapi';
import { rightsOf } from '../../../access/permission';
import type { JsonObject } from '../../../pipeline/json';
import { operateTask } from '../../../tasks/operate';
import { requireTaskOf } from '../../../tasks/require-task';
import { hostChoice } from '../../host-choice';
import { defineEndpoint } from '../endpoint';

export const retryNodeEndpoint = defineEndpoint({
  name: 'retry_node',
  method: 'post',
  path: '/projects/{project_id}/tasks/{task_id}/nodes/{node_id}/retry',
  needs: 'operator',
  summary: 'Run a node again that has failed',
  input: z.object({
    inputs: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('New inputs, in place of those of the same name; the others stay as they are'),
    hosts: hostChoice,
  }),
  data: z.object({ task_id: z.number().int(), node_id: z.string() }),
  async run({ services, actor, caller, project, ids, names }, { inputs = {}, hosts }) {
    const task = await requireTaskOf(services.db, project.id, ids.task_id!);
    const node = names.node_id!;
    const request = {
      action: 'retry',
      node,
      inputs: inputs as JsonObject,
      merges: true,
      ...(hosts && { hosts }),
    } as const;
    await operateTask(services, task, request, { actor, rights: rightsOf(caller, project) });
    return { data: { task_id: task.id, node_id: node } };
  },
});
