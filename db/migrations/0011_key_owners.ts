import { type Kysely, sql } from 'kysely';

/**
 * Breaking for API processes of before: a key belongs to an app, a user and a project. Known keys go to whoever created
 * their task, in its project.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table idempotency_keys add column username text, add column project_id integer`.execute(db);
  await sql`
    update idempotency_keys
    set username = tasks.creator, project_id = tasks.project_id
    from tasks
    where tasks.id = idempotency_keys.task_id`.execute(db);
  await sql`
    alter table idempotency_keys
    alter column username set not null,
    alter column project_id set not null,
    drop constraint idempotency_keys_pkey,
    add primary key (app_code, username, project_id, key)`.execute(db);
}
