import { z } from '@hono/zod-openapi';
import { readIdleSet } from '../../../inventory/topology/tree';
import { CODES } from '../codes';
import { defineEndpoint } from '../endpoint';

/** The set of a business' idle modules (cmdb §7). */
export const getInternalTopo = defineEndpoint({
  name: 'get_internal_topo',
  method: 'get',
  path: '/topo/internal/{account}/{bk_biz_id}',
  needs: 'viewer',
  summary: 'The set of the modules of idle and broken hosts',
  storeFailure: CODES.selectFailed,
  input: z.looseObject({}),
  data: z.object({
    bk_set_id: z.number().int(),
    bk_set_name: z.string(),
    module: z.array(
      z.object({
        bk_module_id: z.number().int(),
        bk_module_name: z.string(),
        default: z.number().int().describe('1: idle, 2: fault'),
      }),
    ),
  }),
  async run({ services, business }) {
    const { id, name, modules } = await readIdleSet(services.db, business);
    const module = modules.map(({ id, name, kind }) => ({ bk_module_id: id, bk_module_name: name, default: kind }));
    return { data: { bk_set_id: id, bk_set_name: name, module } };
  },
});
