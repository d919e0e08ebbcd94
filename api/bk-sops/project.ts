import type { ProjectRecord } from '../../db/access';
import { GantryError } from '../../tasks/error';

/** How a request names its project (spec 7.1). */
export interface Place {
  id: number;
  /** `cmdb_biz`: the project of the business with that id; any other: the project with it. */
  scope: string;
}

export function readPlace(id: number, scope: unknown): Place {
  if (scope === undefined || scope === null || scope === '') return { id, scope: 'cmdb_biz' };
  if (typeof scope !== 'string') throw new GantryError('invalid', 'invalid param format: scope is not a string');
  return { id, scope };
}

export function isAt({ id, scope }: Place, project: ProjectRecord): boolean {
  return scope === 'cmdb_biz' ? project.from_cmdb && project.bk_biz_id === id : project.id === id;
}

export function describePlace({ id, scope }: Place): string {
  return `project(${id}) with scope(${scope})`;
}
