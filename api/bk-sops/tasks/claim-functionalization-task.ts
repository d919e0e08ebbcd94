import { z } from '@hono/zod-openapi';
import { rightsOf } from '../../../access/permission';
import type { JsonObject } from '../../../pipeline/json';
import { claimTask } from '../../../tasks/claim';
import { defineEndpoint } from '../endpoint';
import { requireTask } from './lookup';

/** Takes a function task on, fills in its constants, and lets it be started (bk-sops §7.3). */
export const claimFunctionalizationTask = defineEndpoint({
  name: 'claim_functionalization_task',
  method: 'post',
  path: ['task_id', 'bk_biz_id'],
  needs: 'operator',
  summary: 'Claim a function task',
  input: z.object({
    constants: z.record(z.string(), z.unknown()).default({}).describe('Keys with `${}` to values'),
    name: z.string().max(100).optional(),
  }),
  wording: [{ step: 'find' }, { as: 'refused', text: 'claim_functionalization_task fail: ' }],
  data: z.string(),
  async run(call, { constants, name }) {
    const task = await requireTask(call);
    await claimTask(call.services.db, task, {
      actor: call.actor,
      rights: rightsOf(call.caller, call.project),
      values: constants as JsonObject,
      name: name || undefined,
    });
    return { data: 'success' };
  },
});
