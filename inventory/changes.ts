import type { Actor } from '../base/actor';
import { auditOf, insertAudits } from '../db/audit';
import type { DbOrTransaction } from '../db/connection';

/** An object before and after it was changed; without `before` it was made, without `after` it was deleted. */
export type Change<T> = { before: T; after?: T } | { before?: never; after: T };

/** Writes what was done to objects of a project, or of none, a record for each; call it in the transaction that does it. */
export async function auditChanges<T extends { id: number }>(
  tx: DbOrTransaction,
  { projectId }: { projectId: number | null },
  actor: Actor,
  { what, action, changes }: { what: string; action: string; changes: readonly Change<T>[] },
): Promise<void> {
  const who = { ...auditOf(actor), projectId, action };
  await insertAudits(
    tx,
    changes.map((change) => ({ ...who, object: `${what} ${(change.before ?? change.after)!.id}`, detail: change })),
  );
}
