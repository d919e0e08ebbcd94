import type { Place } from '../../access/permission';
import { GantryError } from '../../base/error';

/**
 * How a request names its project (bk-sops §7.1): with scope `cmdb_biz` the one of the business with that id, with any
 * other the one with it.
 */
export function placeOf(id: number, scope: unknown): Place {
  const name = scope === undefined || scope === null || scope === '' ? 'cmdb_biz' : scope;
  if (typeof name !== 'string') throw new GantryError('invalid', 'invalid param format: scope is not a string');
  return {
    id,
    isAt: (project) => (name === 'cmdb_biz' ? project.from_cmdb && project.bk_biz_id === id : project.id === id),
    text: `project(${id}) with scope(${name})`,
  };
}
