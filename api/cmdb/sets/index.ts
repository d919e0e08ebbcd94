import { createSetEndpoint } from './create-set';
import { batchDeleteSet, deleteSet } from './delete-sets';
import { updateSet } from './update-set';

/** Sets (cmdb §7). */
export const setEndpoints = [createSetEndpoint, updateSet, batchDeleteSet, deleteSet];
