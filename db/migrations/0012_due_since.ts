import { type Kysely, sql } from 'kysely';

/** From when on a periodic task is as it is; nothing that was due before this migration is made up for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table periodic_tasks add column due_since timestamptz not null default now()`.execute(db);
}
