import { z } from '@hono/zod-openapi';
import { removeProcess } from '../../../inventory/processes/processes';
import { CODES } from '../codes';
import { defineEndpoint } from '../endpoint';
import { PROCESS } from '../models/process';
import { written } from '../schema';

/** Deletes a process that is bound to nothing (cmdb §1). */
export const deleteProcessEndpoint = defineEndpoint({
  name: 'delete_process',
  method: 'delete',
  path: '/proc/{account}/{bk_biz_id}/{bk_process_id}',
  needs: 'editor',
  summary: 'Delete a process that is bound to no module',
  model: PROCESS,
  storeFailure: CODES.processDeleteFailed,
  input: z.object({}),
  data: written,
  async run({ services, business, ids, actor }) {
    await removeProcess(services.db, business, ids.bk_process_id!, actor);
    return {};
  },
});
