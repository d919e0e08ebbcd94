import { z } from '@hono/zod-openapi';
import { defineEndpoint } from '../endpoint';
import { requireTask } from './lookup';
import { readNodeLog } from './node-log';

/** Lines of one answer. */
const MAX_LINES = 1000;

/** The log of a node's newest attempt, which one reads on by `scroll_id` (bk-sops §7.4). */
export const getTaskPluginLog = defineEndpoint({
  name: 'get_task_plugin_log',
  method: 'get',
  path: ['task_id', 'bk_biz_id'],
  needs: 'viewer',
  summary: 'Log of the plugin of a node, piece by piece',
  input: z.object({
    node_id: z.string(),
    trace_id: z.string().optional().describe('The version of an attempt; the newest by default'),
    plugin_code: z.string().optional().describe('Not needed'),
    scroll_id: z
      .string()
      .regex(/^\d{0,9}$/)
      .optional()
      .describe('That of the answer before'),
  }),
  data: z.object({
    logs: z.string(),
    total: z.number().int().describe('Lines in all'),
    scroll_id: z.string().describe('Empty when there is nothing more'),
  }),
  async run(call, { node_id: nodeId, trace_id, scroll_id }) {
    const task = await requireTask(call);
    const lines = await readNodeLog(call, { taskId: task.id, nodeId, version: trace_id || undefined });
    const from = Number(scroll_id ?? 0);
    const to = from + MAX_LINES;
    const logs = lines.slice(from, to).join('\n');
    return { data: { logs, total: lines.length, scroll_id: to < lines.length ? String(to) : '' } };
  },
});
