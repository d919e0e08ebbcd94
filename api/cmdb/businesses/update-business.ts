import { changeBusiness } from '../../../inventory/businesses/businesses';
import { CODES } from '../codes';
import { defineEndpoint } from '../endpoint';
import { BUSINESS } from '../models/business';
import { attributesOf } from '../models/model';
import { sent, written } from '../schema';

/** Changes the properties of a business that are sent; its name is its project's too (cmdb §7). */
export const updateBusiness = defineEndpoint({
  name: 'update_business',
  method: 'put',
  path: '/biz/{account}/{bk_biz_id}',
  needs: 'admin',
  summary: 'Change properties of a business',
  model: BUSINESS,
  storeFailure: CODES.updateFailed,
  needsBody: true,
  input: sent(BUSINESS),
  data: written,
  async run({ services, business, actor }, input) {
    await changeBusiness(services.db, business, attributesOf(BUSINESS, input), actor);
    return {};
  },
});
