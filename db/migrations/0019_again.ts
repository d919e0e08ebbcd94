import { type Kysely, sql } from 'kysely';

/** A task that goes on where another one has ended, and how. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table tasks
      add again_of integer references tasks (id),
      add again json -- {from, hosts}
  `.execute(db);
}
