import { z } from '@hono/zod-openapi';
import { rightsOf } from '../../../access/permission';
import type { Json } from '../../../pipeline/json';
import { callNodeBack } from '../../../tasks/call-back';
import { defineEndpoint } from '../endpoint';
import { versionOf } from '../state-tree';
import { requireTask } from './lookup';
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
  wording: [
    { step: 'find', text: '[API] node_callback ' },
    {
      step: 'attempt',
      text: (_message, { input: { version, node_id } }) =>
        `node version ${version} does not exist, or is not the current one of node ${node_id}`,
    },
    {
      of: ['not_found'],
      as: 'invalid',
      text: (_message, { ids, input: { node_id } }) => `task[${ids.task_id}] does not have node[${node_id}]`,
    },
  ],
  data: z.object({}),
  async run(call, { node_id: node, callback_data, version, request_id: id }) {
    const task = await requireTask(call);
    const callback = {
      node,
      data: callback_data as Json,
      ...(version === undefined
        ? {}
        : {
            isMeant: (newest: { loop: number; retry: number } | undefined) =>
              newest !== undefined && versionOf(task.id, node, newest.loop, newest.retry) === version,
          }),
    };
    const asked = { actor: call.actor, rights: rightsOf(call.caller, call.project), ...(id ? { id } : {}) };
    await callNodeBack(call.services, task, callback, asked);
    return { data: {} };
  },
});
