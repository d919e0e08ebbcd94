import { z } from '@hono/zod-openapi';
import { findNodeExecution } from '../../../db/node-executions';
import type { Json } from '../../../pipeline/json';
import { GantryError } from '../../../tasks/error';
import { operateTask } from '../../../tasks/operate';
import { rightsOf } from '../../permission';
import { type Call, defineEndpoint } from '../endpoint';
import { versionOf } from '../state-tree';
import { failingAs, requireTask } from './lookup';

/** Calls a node back (spec 7.3). A node that is not reached yet finds the data when it is. */
export const nodeCallbackEndpoint = defineEndpoint({
  name: 'node_callback',
  method: 'post',
  path: ['task_id', 'bk_biz_id'],
  needs: 'operator',
  summary: 'Call a waiting node back',
  input: z.object({
    node_id: z.string(),
    callback_data: z.unknown().default({}),
    version: z.string().optional().describe('Of the attempt that is meant, as get_task_status shows it'),
    request_id: z.string().min(1).max(100).optional().describe('Repeating a request with the same id is one request'),
  }),
  data: z.object({}),
  async run(call, { node_id: node, callback_data, version, request_id: id }) {
    const task = await requireTask(call, (place) => `[API] node_callback ${place} does not exist`);
    if (version !== undefined) await requireVersion(call, task.id, node, version);
    const request = { action: 'callback' as const, node, data: callback_data as Json };
    const by = { actor: call.actor, rights: rightsOf(call.caller, call.project), ...(id ? { id } : {}) };
    await operateTask(call.services, task, request, by).catch(
      failingAs('invalid', { of: ['not_found'], describe: () => `task[${task.id}] does not have node[${node}]` }),
    );
    return { data: {} };
  },
});

/** A callback for an attempt that is over must not end the one that followed. */
async function requireVersion({ services }: Call, taskId: number, node: string, version: string): Promise<void> {
  const current = await findNodeExecution(services.db, taskId, node);
  if (current && versionOf(taskId, node, current.loop, current.retry) === version) return;
  throw new GantryError('refused', `node version ${version} does not exist, or is not the current one of node ${node}`);
}
