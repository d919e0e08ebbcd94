import { z } from '@hono/zod-openapi';
import { createProcess } from '../../../inventory/processes/processes';
import { CODES } from '../codes';
import { defineEndpoint } from '../endpoint';
import { attributesOf } from '../models/model';
import { PROCESS } from '../models/process';
import { sentProcess } from './schema';

/** Makes a process (cmdb §1); the answer has its id, because clients need it. */
export const createProcessEndpoint = defineEndpoint({
  name: 'create_process',
  method: 'post',
  path: '/proc/{account}/{bk_biz_id}',
  needs: 'editor',
  summary: 'Create a process',
  model: PROCESS,
  storeFailure: CODES.processCreateFailed,
  needsBody: true,
  input: sentProcess,
  data: z.object({ bk_process_id: z.number().int() }),
  async run({ services, business, actor }, input) {
    const { id } = await createProcess(services.db, business, attributesOf(PROCESS, input), actor);
    return { data: { bk_process_id: id } };
  },
});
