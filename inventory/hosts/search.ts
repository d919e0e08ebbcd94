import type { Source } from '../../db/search/column';
import { type HostPlace, searchedHosts, VARIABLE } from '../../db/search/hosts';
import { type Condition, EVERYTHING } from '../search/condition';

/**
 * The hosts of an account: what stands in their rows, `business_id` and `business_name`, null in the resource pool, and
 * `pool_id` and `pool_name` of its pool, the lists `tags`, `module_ids`, `module_names`, `module_paths`, `set_ids`, `set_names`, `process_ids`, and
 * `variables.NAME` of each host variable that a condition names.
 *
 * @param place in projects that the caller may see, in the resource pool, or anywhere, which is for trusted apps
 */
export function hostSource(account: string, place: HostPlace, condition: Condition = EVERYTHING): Source {
  return searchedHosts(account, place, variablesIn(condition));
}

function variablesIn(condition: Condition): string[] {
  if ('operator' in condition) {
    return condition.field.startsWith(VARIABLE) ? [condition.field.slice(VARIABLE.length)] : [];
  }
  const parts = 'not' in condition ? [condition.not] : 'and' in condition ? condition.and : condition.or;
  return [...new Set(parts.flatMap(variablesIn))];
}
