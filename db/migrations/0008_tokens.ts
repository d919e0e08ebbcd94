import { type Kysely, sql } from 'kysely';

/** What signs the tokens of users, and what an app may ask for at most; null is the installation's own limit. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Two random uuids: 244 random bits.
  await sql`
    alter table installation
    add column token_key text not null
    default replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')`.execute(db);
  await sql`alter table apps add column requests_per_second integer`.execute(db);
  await sql`alter table apps add column max_body_bytes integer`.execute(db);
}
