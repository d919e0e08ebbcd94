import { z } from '@hono/zod-openapi';
import { defineEndpoint } from '../endpoint';
import { wholeNumber } from '../query';
import { requireTask } from './lookup';
import { readNodeLog } from './node-log';

const MAX_PAGE_SIZE = 1000;

/** What the records know of one attempt of a node, as text, and what hosts have written in it (bk-sops §7.4). */
export const getTaskNodeLog = defineEndpoint({
  name: 'get_task_node_log',
  method: 'get',
  path: ['task_id', 'bk_biz_id'],
  needs: 'viewer',
  summary: 'Log of one attempt of a node',
  input: z.object({
    node_id: z.string(),
    version: z.string().describe('Of the attempt, as get_task_status and get_task_node_detail show it'),
    page: wholeNumber(1).default(1),
    page_size: wholeNumber(1, MAX_PAGE_SIZE).default(30).describe('Lines'),
  }),
  data: z.string(),
  beside: {
    page: z.object({
      page: z.number().int(),
      page_size: z.number().int(),
      total: z.number().int().describe('Lines in all'),
    }),
  },
  async run(call, { node_id: nodeId, version, page, page_size }) {
    const task = await requireTask(call);
    const lines = await readNodeLog(call, { taskId: task.id, nodeId, version });
    const shown = lines.slice((page - 1) * page_size, page * page_size);
    return { data: shown.join('\n'), beside: { page: { page, page_size, total: lines.length } } };
  },
});
