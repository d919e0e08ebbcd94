import { findRole, type ProjectRecord } from '../../db/access';
import type { Db } from '../../db/connection';
import type { Role } from '../../db/schema';
import { GantryError } from '../../tasks/error';
import type { Caller, Need } from './endpoint';

const RANKS: Record<Role, number> = { viewer: 1, operator: 2, editor: 3, admin: 4 };

/**
 * Lets a caller through to an endpoint, or not. Trusted apps answer for their users (spec section 10).
 *
 * @throws GantryError `forbidden`, naming what is missing
 */
export async function authorise(
  db: Db,
  { app, username }: Caller,
  need: Need,
  project: ProjectRecord | undefined,
): Promise<void> {
  if (app.trusted || need === 'user') return;
  if (need === 'trusted') throw new GantryError('forbidden', 'you have no permission to call this api.');
  if (!project) throw new Error('an endpoint that needs a role has a project in its path');
  const role = await findRole(db, project.id, username);
  if (role && RANKS[role] >= RANKS[need]) return;
  throw new GantryError(
    'forbidden',
    `${username} is ${role ?? 'no member'} of project ${project.id}: this needs the role ${need}`,
  );
}
