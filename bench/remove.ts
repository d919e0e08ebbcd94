import { sql } from 'kysely';
import type { Db, DbOrTransaction } from '../db/connection';
import { transact } from '../db/transaction';

/** Keys to others of the same kind that have no index: nothing in the product deletes tasks or runs of hosts. */
const KEYS = { tasks: 'again_of', host_runs: 'from_run' } as const;

/** Deletes thousands of rows, in one transaction; without an index of these keys, each would have its whole table read. */
export function removeMany(db: Db, remove: (tx: DbOrTransaction) => Promise<void>): Promise<void> {
  return transact(db, async (tx) => {
    for (const [table, key] of Object.entries(KEYS))
      await sql`create index ${sql.id(`bench_${key}`)} on ${sql.table(table)} (${sql.ref(key)})`.execute(tx);
    await remove(tx);
    for (const key of Object.values(KEYS)) await sql`drop index ${sql.id(`bench_${key}`)}`.execute(tx);
  });
}
