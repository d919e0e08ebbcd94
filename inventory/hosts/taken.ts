import type { Actor } from '../../base/actor';
import { GantryError } from '../../base/error';
import { auditOf, insertAudits } from '../../db/audit';
import type { Db, DbOrTransaction } from '../../db/connection';
import type { HostKey } from '../../db/hosts';

/** What a host is found by is taken, by whomever. */
export function isThere(message: string): GantryError {
  return new GantryError('invalid', message, duplicate(message));
}

/** Whoever has the host is not named: that is nobody's business but theirs. */
export function notAvailable(key: HostKey): GantryError {
  return new NotAvailable(key);
}

class NotAvailable extends GantryError {
  constructor(readonly key: HostKey) {
    const message = `${key.address} of cloud ${key.cloud_id} is not available`;
    super('invalid', message, duplicate(message));
  }
}

function duplicate(message: string) {
  return {
    reason: { code: 'duplicate', args: { what: 'host', name: 'address', fields: 'cloud_id,address' } },
    details: [{ field: 'address', message }],
  } as const;
}

/** Somebody who looks for what others have leaves a trace of it. */
export async function auditTaken(
  db: DbOrTransaction,
  projectId: number | null,
  actor: Actor,
  keys: readonly HostKey[],
): Promise<void> {
  const who = { ...auditOf(actor), projectId, action: 'refuse' };
  await insertAudits(
    db,
    keys.map((key) => ({ ...who, object: 'host', detail: { text: 'the host is not available', ...key } })),
  );
}

/** Does something about one host of a project; when it fails because of a host of another one, the trace of it stays. */
export async function tracingTaken<T>(
  db: Db,
  { projectId }: { projectId: number },
  actor: Actor,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NotAvailable) await auditTaken(db, projectId, actor, [error.key]);
    throw error;
  }
}
