import { changeSet } from '../../../inventory/topology/sets';
import { CODES } from '../codes';
import { defineEndpoint } from '../endpoint';
import { attributesOf } from '../models/model';
import { SET } from '../models/set';
import { SENT_PARENT, withoutParent } from '../parent';
import { sent, written } from '../schema';

/** Changes the properties of a set that are sent (cmdb §7). */
export const updateSet = defineEndpoint({
  name: 'update_set',
  method: 'put',
  path: '/set/{bk_biz_id}/{bk_set_id}',
  needs: 'editor',
  summary: 'Change properties of a set',
  model: SET,
  storeFailure: CODES.updateFailed,
  needsBody: true,
  input: sent(SET).extend(SENT_PARENT),
  data: written,
  async run({ services, business, ids, actor }, input) {
    const given = attributesOf(SET, withoutParent(input, business.businessId));
    await changeSet(services.db, business, { id: ids.bk_set_id!, given }, actor);
    return {};
  },
});
