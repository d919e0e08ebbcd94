import { type Kysely, sql } from 'kysely';

/** What an imported template is known by beyond its installation; null: it was made here. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table templates add column origin text`.execute(db);
}
