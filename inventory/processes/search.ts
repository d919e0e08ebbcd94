import type { Source } from '../../db/search/column';
import { searchedProcesses } from '../../db/search/processes';
import { columnsOfAttributes } from '../search/columns';
import { PROCESS_ATTRIBUTES } from './attributes';

/**
 * The processes of a business: their attributes, `id`, `business_id`, `supplier_account`, `created_at`, `updated_at`, and
 * `module_names`, the many that it is bound to (cmdb §4).
 */
export function processSource(businessId: number): Source {
  return searchedProcesses(businessId, columnsOfAttributes('processes', PROCESS_ATTRIBUTES));
}
