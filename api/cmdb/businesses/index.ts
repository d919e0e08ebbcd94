import { createBusinessEndpoint } from './create-business';
import { deleteBusiness } from './delete-business';
import { updateBusiness } from './update-business';

/** Businesses (cmdb §7). */
export const businessEndpoints = [createBusinessEndpoint, updateBusiness, deleteBusiness];
