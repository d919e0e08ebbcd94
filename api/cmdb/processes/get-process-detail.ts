import { z } from '@hono/zod-openapi';
import { requireProcess } from '../../../inventory/processes/processes';
import { CODES } from '../codes';
import { defineEndpoint } from '../endpoint';
import { PROCESS } from '../models/process';
import { shown } from '../models/shown';

/** Every property of a process with its name in the language of the request (cmdb §5). */
export const getProcessDetail = defineEndpoint({
  name: 'get_process_detail',
  method: 'get',
  path: '/proc/{account}/{bk_biz_id}/{bk_process_id}',
  needs: 'viewer',
  summary: 'The properties of a process, with their names',
  model: PROCESS,
  storeFailure: CODES.processDetailFailed,
  input: z.object({}),
  data: z.array(z.object({ bk_property_id: z.string(), bk_property_name: z.string(), bk_property_value: z.unknown() })),
  async run({ services, business, ids, language }) {
    const process = await requireProcess(services.db, business, ids.bk_process_id!);
    const values = shown(PROCESS, process);
    return {
      data: PROCESS.properties
        .filter(({ isSystem }) => !isSystem)
        .map(({ id, [language]: name }) => ({
          bk_property_id: id,
          bk_property_name: name,
          bk_property_value: values[id],
        })),
    };
  },
});
