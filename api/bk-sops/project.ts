import { findBusinessProject, findProject, type ProjectRecord } from '../../db/access';
import type { Db } from '../../db/connection';
import { GantryError } from '../../tasks/error';

/**
 * The project that an id means: by default the one of a CMDB business, in any other scope the one with that id
 * (spec 7.1).
 */
export async function resolveProject(db: Db, id: number, scope: unknown = 'cmdb_biz'): Promise<ProjectRecord> {
  if (typeof scope !== 'string') throw new GantryError('invalid', 'invalid param format: scope is not a string');
  const project = await (scope === 'cmdb_biz' ? findBusinessProject(db, id) : findProject(db, id));
  if (!project) throw new GantryError('not_found', `project(${id}) with scope(${scope}) does not exist.`);
  return project;
}
