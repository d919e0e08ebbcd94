import { z } from '@hono/zod-openapi';
import { rightsOf } from '../../../access/permission';
import { GantryError } from '../../../base/error';
import { findNodeExecution } from '../../../db/node-executions';
import type { Json } from '../../../pipeline/json';
import { operateTask, wasAccepted } from '../../../tasks/operate';
import { type Call, defineEndpoint } from '../endpoint';
import { versionOf } from '../state-tree';
import { failingAs, requireTask } from './lookup';
import { requestId } from './request-id';

/** Calls a node back (bk-sops §7.3). A node that is not reached yet finds the data when it is. */
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
    request_id: requestId(),
  }),
  data: z.object({}),
  async run(call, { node_id: node, callback_data, version, request_id: id }) {
    const task = await requireTask(call, (place) => `[API] node_callback ${place} does not exist`);
    const request = { action: 'callback' as const, node, data: callback_data as Json };
    if (version !== undefined && !(await isCurrent(call, task.id, node, version))) {
      if (id !== undefined && (await wasAccepted(call.services, task, request, id))) return { data: {} };
      const message = `node version ${version} does not exist, or is not the current one of node ${node}`;
      throw new GantryError('refused', message);
    }
    const by = { actor: call.actor, rights: rightsOf(call.caller, call.project), ...(id ? { id } : {}) };
    await operateTask(call.services, task, request, by).catch(
      failingAs('invalid', { of: ['not_found'], describe: () => `task[${task.id}] does not have node[${node}]` }),
    );
    return { data: {} };
  },
});

/** A callback for an attempt that is over must not end the one that followed. */
async function isCurrent({ services }: Call, taskId: number, node: string, version: string): Promise<boolean> {
  const current = await findNodeExecution(services.db, taskId, node);
  return current !== undefined && versionOf(taskId, node, current.loop, current.retry) === version;
}
