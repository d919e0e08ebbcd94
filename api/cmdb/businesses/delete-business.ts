import { z } from '@hono/zod-openapi';
import { removeBusiness } from '../../../inventory/businesses/businesses';
import { CODES } from '../codes';
import { defineEndpoint } from '../endpoint';
import { BUSINESS } from '../models/business';
import { written } from '../schema';

/** Deletes a business that has no hosts, and disables its project (cmdb §7). */
export const deleteBusiness = defineEndpoint({
  name: 'delete_business',
  method: 'delete',
  path: '/biz/{account}/{bk_biz_id}',
  needs: 'trusted',
  summary: 'Delete a business that has no hosts',
  model: BUSINESS,
  storeFailure: CODES.deleteFailed,
  input: z.looseObject({}),
  data: written,
  async run({ services, business, actor }) {
    await removeBusiness(services.db, business, actor);
    return {};
  },
});
