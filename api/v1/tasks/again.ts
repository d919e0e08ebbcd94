import { z } from '@hono/zod-openapi';
import { goOnWith } from '../../../tasks/again';
import { requireTaskOf } from '../../../tasks/require-task';
import { hostChoice } from '../../host-choice';
import { defineEndpoint } from '../endpoint';
import { keyedBy } from '../keyed';
import { visibleName } from '../names';

export const doTaskAgainEndpoint = defineEndpoint({
  name: 'do_task_again',
  method: 'post',
  path: '/projects/{project_id}/tasks/{task_id}/again',
  needs: 'operator',
  summary: 'Go on where a task has ended, in a new task; with an Idempotency-Key header, once',
  input: z.object({
    from: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('The node from which on everything is run; default: whatever has not finished'),
    hosts: hostChoice,
    name: visibleName.optional().describe('Of the new task; default: the same'),
    start: z.boolean().default(true),
  }),
  data: z.object({ task_id: z.number().int() }),
  async run(call, input) {
    const { services, actor, project, ids } = call;
    const task = await requireTaskOf(services.db, project.id, ids.task_id!);
    const { from, hosts, name, start: isStarted } = input;
    const request = keyedBy(call, 'do_task_again', input);
    const id = await goOnWith(services, { task, project, actor, how: { from, hosts }, name, isStarted, request });
    return { status: 201, data: { task_id: id } };
  },
});
