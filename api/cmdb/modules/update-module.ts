import { changeModule } from '../../../inventory/topology/modules';
import { CODES } from '../codes';
import { defineEndpoint } from '../endpoint';
import { attributesOf } from '../models/model';
import { MODULE } from '../models/module';
import { SENT_PARENT, withoutParent } from '../parent';
import { sent, written } from '../schema';

/** Changes the properties of a module that are sent (cmdb §7). */
export const updateModule = defineEndpoint({
  name: 'update_module',
  method: 'put',
  path: '/module/{bk_biz_id}/{bk_set_id}/{bk_module_id}',
  needs: 'editor',
  summary: 'Change properties of a module',
  model: MODULE,
  storeFailure: CODES.updateFailed,
  needsBody: true,
  input: sent(MODULE).extend(SENT_PARENT),
  data: written,
  async run({ services, business, ids, actor }, input) {
    const place = { ...business, setId: ids.bk_set_id! };
    const given = attributesOf(MODULE, withoutParent(input, place.setId));
    await changeModule(services.db, place, { id: ids.bk_module_id!, given }, actor);
    return {};
  },
});
