import { z } from '@hono/zod-openapi';
import { GantryError } from '../../../base/error';
import { canonicalAddress } from '../../../inventory/ip-text/address';
import { hostLogLines } from '../../../tasks/view/host-log-text';
import { defineEndpoint } from '../endpoint';
import { requireNewestAttempt } from './attempt-of';
import { requireTask } from './lookup';

/** What the newest attempt of a node has written on its hosts, or on one of them (bk-sops §7.4). */
export const getNodeJobExecutedLog = defineEndpoint({
  name: 'get_node_job_executed_log',
  method: 'get',
  path: ['task_id', 'bk_biz_id'],
  needs: 'viewer',
  summary: 'What a node has written on its hosts',
  input: z.object({
    node_id: z.string(),
    target_ip: z.string().optional().describe('Address of one host; all of them by default'),
  }),
  beside: { logs: z.string() },
  async run(call, { node_id, target_ip }) {
    const task = await requireTask(call);
    const { loop, retry } = await requireNewestAttempt(call, task, node_id);
    const address = target_ip?.trim() ? (canonicalAddress(target_ip.trim()) ?? target_ip.trim()) : undefined;
    const key = { taskId: task.id, nodeId: node_id, loop, retry };
    const lines = await hostLogLines(call.services.db, key, address);
    if (lines.length === 0) {
      const what = address === undefined ? 'does nothing on hosts' : `does nothing on a host ${address}`;
      throw new GantryError('invalid', `node[node_id=${node_id}] of task[id=${task.id}] ${what}`);
    }
    return { beside: { logs: lines.join('\n') } };
  },
});
