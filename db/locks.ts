import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';

/** Takes a lock by its name until the transaction ends; false when another process has it. */
export async function tryLock(tx: DbOrTransaction, name: string): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`
    select pg_try_advisory_xact_lock(hashtext(${name})) as taken`.execute(tx);
  return rows[0]!.taken;
}

/** Takes a lock by its name until the transaction ends, when it is free. */
export async function takeLock(tx: DbOrTransaction, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext(${name}))`.execute(tx);
}
