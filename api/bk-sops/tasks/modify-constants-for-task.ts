import { z } from '@hono/zod-openapi';
import { rightsOf } from '../../../access/permission';
import type { JsonObject } from '../../../pipeline/json';
import { modifyConstants } from '../../../tasks/constants';
import { defineEndpoint } from '../endpoint';
import { requireTask } from './lookup';
import { requestId } from './request-id';

/** Changes constants of a task: before it starts, and while it is paused or has failed (bk-sops §7.3). */
export const modifyConstantsForTask = defineEndpoint({
  name: 'modify_constants_for_task',
  method: 'post',
  path: ['task_id', 'bk_biz_id'],
  needs: 'operator',
  summary: 'Change constants of a task that is not running',
  input: z.object({
    constants: z.record(z.string(), z.unknown()).describe('Keys with `${}` to values; unknown keys are ignored'),
    name: z.string().optional().describe('Not used'),
    request_id: requestId(),
  }),
  // A task that runs is refused by the code of a wrong parameter upstream.
  wording: [{ of: ['refused', 'wrong_state'], as: 'invalid', text: 'task is started: ' }],
  data: z.string(),
  async run(call, { constants, request_id: id }) {
    const task = await requireTask(call);
    const change = { actor: call.actor, rights: rightsOf(call.caller, call.project), requestId: id };
    await modifyConstants(call.services, task, constants as JsonObject, change);
    return { data: 'success' };
  },
});
