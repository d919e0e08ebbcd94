import { type Kysely, sql } from 'kysely';

/**
 * Since when secrets are sealed for their project, and the last task from before: it, and what templates and schedules
 * have from before, may hold secrets of the old form.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table installation
    add column secrets_placed_at timestamptz not null default now(),
    add column last_unplaced_task integer not null default 0`.execute(db);
  await sql`
    update installation
    set secrets_placed_at = clock_timestamp(), last_unplaced_task = (select coalesce(max(id), 0) from tasks)`.execute(
    db,
  );
}
