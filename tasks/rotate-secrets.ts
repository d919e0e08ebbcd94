import type { Db } from '../db/connection';
import { countUnendedTasks } from '../db/tasks';
import { rewriteStored } from '../db/vault';
import { firstKey, type KeyRing } from '../secrets/keys';
import { resealTokens, TOKEN_PREFIX } from '../secrets/token';

export interface Rotation {
  /** The key that everything stored is sealed with now. */
  keyId: string;
  /** Rows rewritten, by `table.column`; those with none are left out. */
  rewritten: Record<string, number>;
  /** Tasks that have begun and not ended: their workflows have tokens of older keys, which have to stay until then. */
  unendedTasks: number;
}

/**
 * Seals every stored secret anew with the first key of the ring. It may be repeated, and run beside a working
 * installation whose processes have all been given the new ring.
 *
 * @throws SecretError when the ring lacks a key that something is sealed with
 */
export async function rotateSecrets(db: Db, ring: KeyRing): Promise<Rotation> {
  const { id: keyId } = firstKey(ring);
  const counts = await rewriteStored(db, TOKEN_PREFIX, (text) => resealTokens(text, ring));
  const rewritten = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  return { keyId, rewritten, unendedTasks: await countUnendedTasks(db) };
}
