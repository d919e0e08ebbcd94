import { setTimeout as delay } from 'node:timers/promises';
import type { Transaction } from 'kysely';
import type { Db } from './connection';
import { lostAgainstAnother } from './errors';
import type { Database } from './schema';

const ATTEMPTS = 5;
const LONGEST_PAUSE_MS = 50;

/**
 * Does all of it or nothing. What loses against another transaction (a deadlock, a serialization failure) is done again
 * from its beginning, so `work` changes nothing but the database.
 *
 * @throws what `work` throws; of one that loses again and again, the server's error
 */
export function transact<T>(db: Db, work: (tx: Transaction<Database>) => Promise<T>): Promise<T> {
  return againWhenLost(() => db.transaction().execute(work));
}

/** The same of what is one statement. */
export async function againWhenLost<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !lostAgainstAnother(error)) throw error;
      await delay(Math.random() * LONGEST_PAUSE_MS);
    }
  }
}
