import type { Actor } from '../base/actor';
import { GantryError } from '../base/error';
import { findRole, insertUser, setRole } from '../db/access';
import { auditOf, insertAudit } from '../db/audit';
import type { Db, DbOrTransaction } from '../db/connection';
import { lockProject } from '../db/projects';
import type { Role } from '../db/schema';
import { transact } from '../db/transaction';

const MAX_NAME_LENGTH = 128;

/**
 * Makes a user where there is none of that name; call it in a transaction.
 *
 * @throws GantryError `invalid` when it is no name
 */
export async function ensureUser(db: DbOrTransaction, username: string, actor: Actor): Promise<void> {
  if (!/^[^\p{C}\s]+$/u.test(username) || username.length > MAX_NAME_LENGTH) {
    throw new GantryError('invalid', `username is not a name of 1 to ${MAX_NAME_LENGTH} characters without spaces`, {
      reason:
        username.length > MAX_NAME_LENGTH
          ? { code: 'too_long', args: { field: 'username', max: MAX_NAME_LENGTH } }
          : { code: 'malformed', args: { field: 'username' } },
    });
  }
  if (!(await insertUser(db, username))) return;
  await insertAudit(db, { ...auditOf(actor), projectId: null, action: 'create', object: `user ${username}` });
}

/** Gives a user, who is made where there is none, a role in a project; null takes it away. */
export async function grantRole(
  db: Db,
  projectId: number,
  { username, role }: { username: string; role: Role | null },
  actor: Actor,
): Promise<void> {
  await transact(db, async (tx) => {
    await lockProject(tx, projectId);
    if (role !== null) await ensureUser(tx, username, actor);
    else if (!(await findRole(tx, projectId, username))) {
      throw new GantryError('not_found', `${username} has no role in project ${projectId}`, {
        reason: { code: 'not_found', args: { what: 'role', id: username } },
      });
    }
    const before = await setRole(tx, projectId, username, role);
    await insertAudit(tx, {
      ...auditOf(actor),
      projectId,
      action: 'update',
      object: `role of ${username}`,
      detail: { before, after: role },
    });
  });
}
