import { z } from '@hono/zod-openapi';
import { viewFlowLog } from '../../../rollouts/view/flow-log';
import { readNodeLog } from '../../../rollouts/view/node-log';
import { defineEndpoint } from '../endpoint';
import { longPageFields, pageReply, rowsOf } from '../paging';
import { badFlowId, badNodeId, noFlow, noNode } from './says';

const line = z.object({
  id: z.number().int(),
  fid: z.number().int(),
  batch_id: z.number().int().describe('0: of the task'),
  correlation_id: z.string(),
  message: z.string(),
  ctime: z.number().int().describe('Seconds since 1970'),
});

export const flowLog = defineEndpoint({
  name: 'get_task_log',
  method: 'post',
  path: ['/task/{id}/log', '/task/flow/{id}/log'],
  summary: 'What was logged of a task, the oldest line first',
  needs: 'viewer',
  input: z.object(longPageFields),
  data: z.array(line),
  isPaged: true,
  badId: badFlowId,
  says: [noFlow('Flow not found: ')],
  async run({ services: { db }, project, ids }, page) {
    const flowId = ids.id!;
    const { rows, total } = await viewFlowLog(db, { projectId: project.id, flowId }, rowsOf(page));
    const lines = rows.map(({ id, batch, message, created_at }) => ({
      ...{ id, fid: flowId, batch_id: batch, correlation_id: `${flowId}-${batch}`, message },
      ctime: Math.floor(created_at.getTime() / 1000),
    }));
    return pageReply(page, lines, total);
  },
});

export const nodeLog = defineEndpoint({
  name: 'get_task_node_log',
  method: 'post',
  path: '/task/node/{nsid}/log',
  summary: 'What the steps of a task have written on a node, up to the one that it is at',
  needs: 'viewer',
  input: z.object({}),
  data: z.array(z.record(z.string(), z.string())),
  badId: badNodeId,
  says: [noNode],
  async run({ services: { db }, project, ids }) {
    const logs = await readNodeLog(db, project.id, ids.nsid!);
    return { data: logs.map(({ name, text }) => ({ [name]: text })) };
  },
});
