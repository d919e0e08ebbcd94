import { createSetEndpoint } from './create-set';
import { batchDeleteSet, deleteSet } from './delete-sets';
import { searchSet } from './search-set';
import { updateSet } from './update-set';

/** Sets (cmdb §7). */
export const setEndpoints = [searchSet, createSetEndpoint, updateSet, batchDeleteSet, deleteSet];
