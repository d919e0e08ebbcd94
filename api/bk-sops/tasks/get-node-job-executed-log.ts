import { z } from '@hono/zod-openapi';
import { defineEndpoint } from '../endpoint';
import { requireTask } from './lookup';
import { readExecutedLog } from './node-log';

/** What hosts have written in a node's newest attempt (bk-sops §7.4). */
export const getNodeJobExecutedLog = defineEndpoint({
  name: 'get_node_job_executed_log',
  method: 'get',
  path: ['task_id', 'bk_biz_id'],
  needs: 'viewer',
  summary: 'What hosts have written in the newest attempt of a node',
  input: z.object({
    node_id: z.string(),
    target_ip: z.string().optional().describe('The address of one host; all of them by default'),
  }),
  data: z.string(),
  beside: { logs: z.string().describe('The same as `data`') },
  async run(call, { node_id: nodeId, target_ip }) {
    const task = await requireTask(call);
    const lines = await readExecutedLog(call, { taskId: task.id, nodeId, address: target_ip || undefined });
    const logs = lines.join('\n');
    return { data: logs, beside: { logs } };
  },
});
