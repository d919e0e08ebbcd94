import { z } from '@hono/zod-openapi';
import { rightsOf } from '../../../access/permission';
import { GantryError } from '../../../base/error';
import type { JsonObject } from '../../../pipeline/json';
import { operateTask } from '../../../tasks/operate';
import type { Request } from '../../../tasks/request';
import { hostChoice } from '../../host-choice';
import { defineEndpoint } from '../endpoint';
import { requireTask } from './lookup';
import { requestId } from './request-id';

const input = z.object({
  node_id: z.string(),
  action: z
    .string()
    .describe('callback, skip_exg, skip_cpg, retry, skip, forced_fail, pause, resume, pause_subproc, resume_subproc'),
  data: z.record(z.string(), z.unknown(), 'data field is not a valid object').optional(),
  inputs: z
    .record(z.string(), z.unknown(), 'inputs field is not a valid object')
    .optional()
    .describe('Of a retry: new inputs of the node; empty or absent: it keeps those that it has'),
  inputs_mode: z
    .enum(['replace', 'merge'], 'inputs_mode is "replace" or "merge"')
    .default('replace')
    .describe(
      '`replace`: the given inputs are all of them; one that decides what the node does and is missing fails the node, ' +
        'whatever default it has. `merge`: inputs that are not given stay as they are',
    ),
  hosts: hostChoice,
  flow_id: z.string().optional(),
  flow_ids: z.array(z.string()).optional(),
  request_id: requestId(),
});

/** Operates a node of a running task (bk-sops §7.3); the order of the ids in the path is the other way round. */
export const operateNodeEndpoint = defineEndpoint({
  name: 'operate_node',
  method: 'post',
  path: ['bk_biz_id', 'task_id'],
  needs: 'operator',
  summary: 'Retry, skip, call back or otherwise operate a node',
  input,
  // Everything that fails here has one code upstream, a node that is not in the task too.
  wording: [{ step: 'find' }, { of: ['not_found'], as: 'refused' }],
  data: z.object({}),
  async run(call, body) {
    const task = await requireTask(call);
    await operateTask(call.services, task, requestOf(body), {
      actor: call.actor,
      rights: rightsOf(call.caller, call.project),
      ...(body.request_id ? { id: body.request_id } : {}),
    });
    return { data: {} };
  },
});

function requestOf({ node_id: node, action, ...body }: z.output<typeof input>): Request {
  switch (action) {
    case 'retry':
      return {
        ...{ action, node, inputs: (body.inputs ?? {}) as JsonObject },
        ...(body.inputs_mode === 'merge' ? { merges: true as const } : {}),
        ...(body.hosts === undefined ? {} : { hosts: body.hosts }),
      };
    case 'skip_exg':
      return { action, node, flow: required(body.flow_id, 'flow_id') };
    case 'skip_cpg':
      return { action, node, flows: required(body.flow_ids, 'flow_ids') };
    case 'callback':
      return { action, node, data: (body.data ?? {}) as JsonObject };
    case 'skip':
    case 'forced_fail':
    case 'pause_subproc':
    case 'resume_subproc':
      return { action, node };
    case 'pause':
      return { action: 'pause_node', node };
    case 'resume':
      return { action: 'resume_node', node };
    case 'retry_subprocess':
      return { action: 'retry', node };
    default:
      throw new GantryError('refused', `task command is invalid: ${action}`);
  }
}

function required<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw new GantryError('refused', `${field} is missing`);
  return value;
}
