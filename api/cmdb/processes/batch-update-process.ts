import { z } from '@hono/zod-openapi';
import { changeProcesses } from '../../../inventory/processes/processes';
import { CODES } from '../codes';
import { defineEndpoint } from '../endpoint';
import { readIdList } from '../id-list';
import { attributesOf, refuseProperty } from '../models/model';
import { PROCESS } from '../models/process';
import { written } from '../schema';
import { sentProcess } from './schema';

/** What is each process' own. */
const OWN = ['bk_process_name', 'bk_func_id'];

/** Changes processes alike: all of them, or none (cmdb §1). */
export const batchUpdateProcess = defineEndpoint({
  name: 'batch_update_process',
  method: 'put',
  path: '/proc/{account}/{bk_biz_id}',
  needs: 'editor',
  summary: 'Change properties of several processes alike',
  model: PROCESS,
  storeFailure: CODES.processUpdateFailed,
  needsBody: true,
  input: sentProcess.extend({
    bk_process_id: z.unknown().optional().describe('Ids joined by commas; a list is as good'),
  }),
  data: written,
  async run({ services, business, actor }, { bk_process_id, ...input }) {
    const own = OWN.find((id) => Object.hasOwn(input, id));
    if (own) throw refuseProperty(own, 'cannot be changed of several processes at once');
    const ids = readIdList('bk_process_id', bk_process_id, 'ids');
    await changeProcesses(services.db, business, { ids, given: attributesOf(PROCESS, input) }, actor);
    return {};
  },
});
