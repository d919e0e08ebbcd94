import { z } from '@hono/zod-openapi';
import { removeModule } from '../../../inventory/topology/modules';
import { CODES } from '../codes';
import { defineEndpoint } from '../endpoint';
import { MODULE } from '../models/module';
import { written } from '../schema';

/** Deletes a module that has no hosts; processes stay bound to its name (cmdb §6, §7). */
export const deleteModule = defineEndpoint({
  name: 'delete_module',
  method: 'delete',
  path: '/module/{bk_biz_id}/{bk_set_id}/{bk_module_id}',
  needs: 'editor',
  summary: 'Delete a module that has no hosts',
  model: MODULE,
  storeFailure: CODES.deleteFailed,
  input: z.looseObject({}),
  data: written,
  async run({ services, business, ids, actor }) {
    const place = { ...business, setId: ids.bk_set_id! };
    await removeModule(services.db, place, ids.bk_module_id!, actor);
    return {};
  },
});
