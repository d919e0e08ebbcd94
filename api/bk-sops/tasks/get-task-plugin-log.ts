import { z } from '@hono/zod-openapi';
import { hostLogLines } from '../../../tasks/view/host-log-text';
import { defineEndpoint } from '../endpoint';
import { wholeNumber } from '../query';
import { requireAttempt, requireNewestAttempt } from './attempt-of';
import { requireTask } from './lookup';

const LINES = 500;

/** What the plugin of a node has written, piece by piece (bk-sops §7.4): of one that works on hosts, their logs. */
export const getTaskPluginLog = defineEndpoint({
  name: 'get_task_plugin_log',
  method: 'get',
  path: ['task_id', 'bk_biz_id'],
  needs: 'viewer',
  summary: 'What the plugin of a node has written',
  input: z.object({
    node_id: z.string(),
    trace_id: z.string().optional().describe('The version of an attempt; the newest by default'),
    plugin_code: z.string().optional().describe('Not needed'),
    scroll_id: z
      .union([z.literal(''), wholeNumber(0)])
      .optional()
      .describe('Of the answer before: what comes after it'),
  }),
  data: z.object({
    total: z.number().int().describe('Lines that there are by now'),
    scroll_id: z.string().describe('The same again: nothing more for now'),
    logs: z.string(),
  }),
  async run(call, { node_id, trace_id, scroll_id }) {
    const task = await requireTask(call);
    const { loop, retry } = await (trace_id
      ? requireAttempt(call, task, node_id, trace_id)
      : requireNewestAttempt(call, task, node_id));
    const lines = await hostLogLines(call.services.db, { taskId: task.id, nodeId: node_id, loop, retry });
    const from = Number(scroll_id ?? 0);
    const shown = lines.slice(from, from + LINES);
    return { data: { total: lines.length, scroll_id: String(from + shown.length), logs: shown.join('\n') } };
  },
});
