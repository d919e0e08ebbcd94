import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import { toJsonText } from './json';

/** What a host says of itself. */
export type Facts = Record<string, string | number | boolean>;

/** What a host has said of itself, and when. */
export interface SeenFacts {
  facts: Facts;
  seen_at: Date;
}

/** Keeps what a host says of itself now, in place of what it said before; of one that was deleted nothing. */
export async function upsertFacts(db: DbOrTransaction, hostId: number, facts: Facts): Promise<void> {
  await sql`
    insert into host_facts (host_id, facts)
    select id, ${toJsonText(facts)}::json from hosts where id = ${hostId} for key share
        on conflict (host_id) do update set facts = excluded.facts, seen_at = now()`.execute(db);
}

/** What hosts have said of themselves, by host; those of which nothing is known are left out. */
export async function listFacts(db: DbOrTransaction, hostIds: readonly number[]): Promise<Map<number, SeenFacts>> {
  const { rows } = await sql<SeenFacts & { host_id: number }>`
    select host_id, facts, seen_at from host_facts where host_id = any (${hostIds}::integer[])`.execute(db);
  return new Map(rows.map(({ host_id, ...seen }) => [host_id, seen]));
}

/** Forgets what hosts have said. */
export async function deleteFacts(db: DbOrTransaction, hostIds: readonly number[]): Promise<void> {
  await sql`delete from host_facts where host_id = any (${hostIds}::integer[])`.execute(db);
}
