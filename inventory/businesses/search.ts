import { searchedBusinesses } from '../../db/search/businesses';
import type { Source } from '../../db/search/column';

/**
 * The businesses of an account that there are (cmdb §7): what stands in their rows, and `time_zone`.
 *
 * @param visibleProjectIds whose businesses the caller may see
 */
export function businessSource(account: string, visibleProjectIds: 'all' | readonly number[]): Source {
  return searchedBusinesses(account, visibleProjectIds);
}
