import { type Kysely, sql } from 'kysely';

/** What is known of the Temporal namespace that a task runs in, and of an end that its workflow did not record itself. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // The mark of the namespace that the workflow was started in; null: it was not known.
  await sql`alter table tasks add column namespace_mark text`.execute(db);
  // Why the task was ended from outside: by the Temporal server, by hand there, or because its workflow blocked a worker.
  await sql`alter table tasks add column end_reason text`.execute(db);
  await sql`alter table tasks add column put_aside boolean not null default false`.execute(db);
  await sql`create index tasks_put_aside on tasks (finished_at) where put_aside`.execute(db);
}
