import { searchedBusinesses } from '../../db/search/businesses';
import type { Source } from '../../db/search/column';
import { columnsOfAttributes } from '../search/columns';
import { BUSINESS_ATTRIBUTES } from './attributes';

/**
 * The businesses of an account that there are: their attributes, `time_zone`, `id`, `supplier_account`, `created_at` and
 * `updated_at` (cmdb §7).
 *
 * @param visibleProjectIds whose businesses the caller may see
 */
export function businessSource(account: string, visibleProjectIds: 'all' | readonly number[]): Source {
  const columns = columnsOfAttributes('businesses', BUSINESS_ATTRIBUTES);
  return searchedBusinesses({ account, projectIds: visibleProjectIds }, columns);
}
