import { type Kysely, sql } from 'kysely';

/** What an attempt of a plugin has to know of itself when a crash makes it begin again (an id of a remote run). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table node_executions add column progress json`.execute(db);
}
