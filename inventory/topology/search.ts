import type { Source } from '../../db/search/column';
import { searchedModules } from '../../db/search/modules';
import { searchedSets } from '../../db/search/sets';
import { columnsOfAttributes } from '../search/columns';
import { MODULE_ATTRIBUTES, SET_ATTRIBUTES } from './attributes';

/**
 * The sets of a business, that of its idle modules too: their attributes, `id`, `business_id`, `kind`, `supplier_account`,
 * `created_at` and `updated_at` (cmdb §7).
 */
export function setSource(businessId: number): Source {
  return searchedSets({ businessId }, columnsOfAttributes('sets', SET_ATTRIBUTES));
}

/** The modules of a business, or of one of its sets: as sets, and `set_id` (cmdb §7). */
export function moduleSource(businessId: number, setId?: number): Source {
  return searchedModules({ businessId, setId }, columnsOfAttributes('modules', MODULE_ATTRIBUTES));
}

/** The sets of all businesses of an account. */
export function accountSetSource(account: string): Source {
  return searchedSets({ account }, columnsOfAttributes('sets', SET_ATTRIBUTES));
}

/** The modules of all businesses of an account. */
export function accountModuleSource(account: string): Source {
  return searchedModules({ account }, columnsOfAttributes('modules', MODULE_ATTRIBUTES));
}
