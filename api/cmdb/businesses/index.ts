import { createBusinessEndpoint } from './create-business';
import { deleteBusiness } from './delete-business';
import { searchBusiness } from './search-business';
import { updateBusiness } from './update-business';

/** Businesses (cmdb §7). */
export const businessEndpoints = [searchBusiness, createBusinessEndpoint, updateBusiness, deleteBusiness];
