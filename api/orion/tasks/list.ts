import { z } from '@hono/zod-openapi';
import { viewFlow, viewFlows } from '../../../rollouts/view/flows';
import { defineEndpoint } from '../endpoint';
import { text, wholeOrNone } from '../fields';
import { pageFields, pageReply, rowsOf } from '../paging';
import { taskData, taskSchema } from './data';
import { badFlowId, noFlow } from './says';
import { timeWriter } from './times';

export const list = defineEndpoint({
  name: 'list_tasks',
  method: 'post',
  path: '/task/list',
  summary: 'The tasks of the project, the newest first',
  needs: 'viewer',
  input: z.object({
    ...pageFields,
    name: text(100).describe('Those that have this in their name'),
    pool_id: wholeOrNone().describe('0: of any pool'),
  }),
  data: z.array(taskSchema),
  isPaged: true,
  async run(call, { name, pool_id, ...page }) {
    const filter = { name, poolId: pool_id || undefined, ...rowsOf(page) };
    const { rows, total } = await viewFlows(call.services.db, call.project.id, filter);
    const timeOf = timeWriter(call);
    return pageReply(
      page,
      rows.map((row) => taskData(row, timeOf)),
      total,
    );
  },
});

export const info = defineEndpoint({
  name: 'get_task',
  method: 'post',
  path: '/task/{id}',
  summary: 'A task',
  needs: 'viewer',
  input: z.object({}),
  data: taskSchema,
  badId: badFlowId,
  says: [noFlow('flow not found id: ')],
  async run(call) {
    const view = await viewFlow(call.services.db, call.project.id, call.ids.id!);
    return { data: taskData(view, timeWriter(call)) };
  },
});
