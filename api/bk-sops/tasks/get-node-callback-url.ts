import { z } from '@hono/zod-openapi';
import { callbackUrlOf } from '../../../tasks/callback-token';
import { defineEndpoint } from '../endpoint';
import { requireTask } from './lookup';

/** Where another system calls a node back without a login (bk-sops §7.3); who has the address may do so. */
export const getNodeCallbackUrl = defineEndpoint({
  name: 'get_node_callback_url',
  method: 'get',
  path: ['task_id', 'bk_biz_id'],
  needs: 'operator',
  summary: 'Address at which a node is called back without a login',
  input: z.object({
    node_id: z.string().min(1).describe('Of a node that waits, or will: its current attempt is meant'),
  }),
  data: z.object({ callback_url: z.string() }),
  async run(call, { node_id }) {
    const task = await requireTask(call);
    return { data: { callback_url: await callbackUrlOf(call.services, task, node_id) } };
  },
});
