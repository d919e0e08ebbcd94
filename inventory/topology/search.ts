import type { Source } from '../../db/search/column';
import { searchedModules } from '../../db/search/modules';
import { searchedSets } from '../../db/search/sets';

/** The sets of a business, that of its idle modules too (cmdb §7). */
export function setSource(businessId: number): Source {
  return searchedSets(businessId);
}

/** The modules of a business, or of one of its sets (cmdb §7). */
export function moduleSource(businessId: number, setId?: number): Source {
  return searchedModules(businessId, setId);
}
