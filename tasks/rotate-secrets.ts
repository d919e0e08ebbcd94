import { SEALED_MARK } from '../base/sealed-text';
import type { Db } from '../db/connection';
import { countUnendedTasks } from '../db/tasks';
import { rewriteStored, type StoredText } from '../db/vault';
import { firstKey, type KeyRing } from '../secrets/keys';
import { placeOfProject } from '../secrets/place';
import { resealTokens } from '../secrets/token';

/** A row of which something stayed as it was, and why. */
export interface Unrotated {
  table: string;
  column: string;
  /** The row's primary key. */
  id: string;
  reason: string;
}

export interface Rotation {
  /** The key that everything stored is sealed with now. */
  keyId: string;
  /** Rows rewritten, by `table.column`; those with none are left out. */
  rewritten: Record<string, number>;
  failed: Unrotated[];
  /** Tasks that have begun and not ended: their workflows have tokens of older keys, which have to stay until then. */
  unendedTasks: number;
}

/**
 * Seals every stored secret anew with the first key of the ring, those of the old form for their project too; what cannot
 * be opened stays, and is named. It may be repeated, and run beside a working installation whose processes have all been
 * given the new ring.
 *
 * @throws SecretError when the ring is empty
 */
export async function rotateSecrets(db: Db, ring: KeyRing): Promise<Rotation> {
  const { id: keyId } = firstKey(ring);
  const failed: Unrotated[] = [];
  const fail = ({ table, column, id }: StoredText, reason: string) => failed.push({ table, column, id, reason });
  const counts = await rewriteStored(
    db,
    SEALED_MARK,
    (stored) => {
      const place = placeOfProject(stored.projectId);
      const reasons = new Set<string>();
      const leave = (reason: string) => void reasons.add(reason);
      const text = resealTokens(stored.text, { from: { place, opensOld: true }, to: place, leave }, ring);
      for (const reason of reasons) fail(stored, reason);
      return text;
    },
    (stored, error) => fail(stored, error.message),
  );
  const rewritten = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  return { keyId, rewritten, failed, unendedTasks: await countUnendedTasks(db) };
}
