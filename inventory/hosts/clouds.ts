import type { Actor } from '../../base/actor';
import { GantryError } from '../../base/error';
import { auditOf, insertAudit } from '../../db/audit';
import { insertCloud } from '../../db/clouds';
import type { Db } from '../../db/connection';
import { transact } from '../../db/transaction';

/**
 * Makes a cloud of an account: hosts of different clouds may have the same address.
 *
 * @throws GantryError `invalid` when the account has one of that name
 */
export async function createCloud(
  db: Db,
  { account, name }: { account: string; name: string },
  actor: Actor,
): Promise<{ id: number; name: string }> {
  return transact(db, async (tx) => {
    const cloud = await insertCloud(tx, account, name);
    if (!cloud) {
      throw new GantryError('invalid', `account ${account} has a cloud "${name}" already`, {
        reason: { code: 'duplicate', args: { what: 'cloud', name } },
        details: [{ field: 'name' }],
      });
    }
    const object = `cloud ${cloud.id}`;
    await insertAudit(tx, { ...auditOf(actor), projectId: null, action: 'create', object, detail: { account, name } });
    return cloud;
  });
}
