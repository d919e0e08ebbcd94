import type { Source } from '../../db/search/column';
import { type HostPlace, searchedHosts } from '../../db/search/hosts';

/**
 * The hosts of an account: what stands in their rows, `business_id` and `business_name`, null in the resource pool, and
 * the lists `tags`, `module_ids`, `module_names`, `set_ids`, `set_names`.
 *
 * @param place in projects that the caller may see, in the resource pool, or anywhere, which is for trusted apps
 */
export function hostSource(account: string, place: HostPlace): Source {
  return searchedHosts(account, place);
}
