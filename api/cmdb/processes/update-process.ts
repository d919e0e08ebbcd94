import { changeProcesses } from '../../../inventory/processes/processes';
import { CODES } from '../codes';
import { defineEndpoint } from '../endpoint';
import { attributesOf } from '../models/model';
import { PROCESS } from '../models/process';
import { written } from '../schema';
import { sentProcess } from './schema';

/** Changes the properties of a process that are sent (cmdb §1). */
export const updateProcess = defineEndpoint({
  name: 'update_process',
  method: 'put',
  path: '/proc/{account}/{bk_biz_id}/{bk_process_id}',
  needs: 'editor',
  summary: 'Change properties of a process',
  model: PROCESS,
  storeFailure: CODES.processUpdateFailed,
  needsBody: true,
  input: sentProcess,
  data: written,
  async run({ services, business, ids, actor }, input) {
    const change = { ids: [ids.bk_process_id!], given: attributesOf(PROCESS, input) };
    await changeProcesses(services.db, business, change, actor);
    return {};
  },
});
