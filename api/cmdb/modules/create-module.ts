import { z } from '@hono/zod-openapi';
import { createModule } from '../../../inventory/topology/modules';
import { CODES } from '../codes';
import { defineEndpoint } from '../endpoint';
import { attributesOf } from '../models/model';
import { MODULE } from '../models/module';
import { shown } from '../models/shown';
import { SENT_PARENT, withoutParent } from '../parent';
import { sent, told } from '../schema';

/** Makes a module of a set (cmdb §7). */
export const createModuleEndpoint = defineEndpoint({
  name: 'create_module',
  method: 'post',
  path: '/module/{bk_biz_id}/{bk_set_id}',
  needs: 'editor',
  summary: 'Create a module',
  model: MODULE,
  storeFailure: CODES.moduleCreateFailed,
  needsBody: true,
  input: sent(MODULE).extend(SENT_PARENT),
  data: told(MODULE).extend({ id: z.number().int().describe('The same as bk_module_id') }),
  async run({ services, account, business, ids, actor }, input) {
    const place = { ...business, setId: ids.bk_set_id! };
    const given = attributesOf(MODULE, withoutParent(input, place.setId));
    const module = await createModule(services.db, place, given, actor);
    return { data: { id: module.id, ...shown(MODULE, { ...module, supplier_account: account }) } };
  },
});
