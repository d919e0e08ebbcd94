import { connect } from '../db/connection';
import { parseKeyRing } from '../secrets/keys';
import { addSecretKey, ensureSecretKeys, openHome } from '../stack/home';
import { say } from '../stack/output';
import { readRecord } from '../stack/record';
import { rotateSecrets } from '../tasks/rotate-secrets';

/** `gantry rotate-secrets --new-key`: gives the stack of GANTRY_HOME a new first key, for its next start. */
export function makeNewKey(): number {
  if (process.env.GANTRY_SECRET_KEYS) {
    throw new Error(
      '--new-key is for the keys of GANTRY_HOME: put a new key before those of GANTRY_SECRET_KEYS instead',
    );
  }
  const { secretKeysFile } = openHome();
  addSecretKey(secretKeysFile);
  say(`${secretKeysFile} has a new first key: restart the stack, then run gantry rotate-secrets`);
  return 0;
}

/**
 * `gantry rotate-secrets`: seals what is stored anew with the first key of GANTRY_SECRET_KEYS, on the database of
 * DATABASE_URL; without them, with the keys and on the database of the stack that runs on GANTRY_HOME. Exits 1 when there
 * are rows that it could not, which it names.
 */
export async function rotateStoredSecrets(): Promise<number> {
  const home = openHome();
  const url = process.env.DATABASE_URL || readRecord(home.stackFile).addresses.database;
  if (!url) throw new Error('gantry rotate-secrets needs DATABASE_URL, or a stack that runs on GANTRY_HOME');
  const ring = parseKeyRing(ensureSecretKeys(home.secretKeysFile));
  const db = connect(url, { maxConnections: 2 });
  try {
    const { keyId, rewritten, failed, unendedTasks } = await rotateSecrets(db, ring);
    const places = Object.entries(rewritten).map(([place, count]) => `${count} in ${place}`);
    say(`sealed with key ${keyId}: ${places.join(', ') || 'nothing was left to do'}`);
    if (unendedTasks > 0) {
      say(`${unendedTasks} tasks have not ended and may hold what older keys have sealed: keep those keys until then`);
    }
    for (const { table, column, id, reason } of failed) say(`not sealed anew: ${table}.${column} of ${id}: ${reason}`);
    return failed.length > 0 ? 1 : 0;
  } finally {
    await db.destroy();
  }
}
