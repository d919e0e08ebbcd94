import { type Kysely, sql } from 'kysely';

/** What of a task somebody may watch: a row says in which transaction it was last changed. */
const WATCHED = ['tasks', 'node_executions', 'host_steps', 'host_runs'];

/**
 * Changes can be read in the order in which they were committed: neither sequence numbers nor times give that. Hosts are
 * many to a step, and found by an index; the other rows of a task are few, and another index would be paid at each change.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function note_change() returns trigger language plpgsql as $$
    begin
      new.changed_xid := pg_current_xact_id();
      return new;
    end $$`.execute(db);
  for (const name of WATCHED) {
    const table = sql.table(name);
    await sql`alter table ${table} add column changed_xid xid8 not null default pg_current_xact_id()`.execute(db);
    await sql`
      create trigger note_change before update on ${table} for each row execute function note_change()`.execute(db);
  }
  await sql`create index host_runs_changed on host_runs (step_id, changed_xid)`.execute(db);
}
