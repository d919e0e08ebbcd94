import { createSet } from '../../../inventory/topology/sets';
import { CODES } from '../codes';
import { defineEndpoint } from '../endpoint';
import { attributesOf } from '../models/model';
import { SET } from '../models/set';
import { shown } from '../models/shown';
import { SENT_PARENT, withoutParent } from '../parent';
import { sent, told } from '../schema';

/** Makes a set of a business (cmdb §7). */
export const createSetEndpoint = defineEndpoint({
  name: 'create_set',
  method: 'post',
  path: '/set/{bk_biz_id}',
  needs: 'editor',
  summary: 'Create a set',
  model: SET,
  storeFailure: CODES.setCreateFailed,
  needsBody: true,
  input: sent(SET).extend(SENT_PARENT),
  data: told(SET),
  async run({ services, account, business, actor }, input) {
    const given = attributesOf(SET, withoutParent(input, business.businessId));
    const set = await createSet(services.db, business, given, actor);
    return { data: shown(SET, { ...set, supplier_account: account }) };
  },
});
