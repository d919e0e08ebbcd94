import { createBusiness } from '../../../inventory/businesses/businesses';
import { CODES } from '../codes';
import { defineAccountEndpoint } from '../endpoint';
import { BUSINESS } from '../models/business';
import { attributesOf } from '../models/model';
import { shown } from '../models/shown';
import { sent, told } from '../schema';

/** Makes a business in the account of the path, and a project with it (cmdb §7). */
export const createBusinessEndpoint = defineAccountEndpoint({
  name: 'create_business',
  method: 'post',
  path: '/biz/{account}',
  needs: 'trusted',
  summary: 'Create a business, and its project',
  model: BUSINESS,
  storeFailure: CODES.businessCreateFailed,
  needsBody: true,
  input: sent(BUSINESS),
  data: told(BUSINESS),
  async run({ services, account, actor }, input) {
    const business = await createBusiness(services.db, account, attributesOf(BUSINESS, input), actor);
    return { data: shown(BUSINESS, { ...business, kind: 0 }) };
  },
});
