import { type Kysely, sql } from 'kysely';

/** Who may do what, and who did. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table projects add column executor_proxy text not null default ''`.execute(db);
  await sql`alter table projects add column is_disabled boolean not null default false`.execute(db);
  await sql`alter table apps add column trusted boolean not null default false`.execute(db);
  // Apps that existed before named their users themselves.
  await sql`update apps set trusted = true`.execute(db);

  await sql`
    create table project_roles (
      project_id integer not null references projects (id) on delete cascade,
      username text not null references users (name) on delete cascade,
      role text not null check (role in ('viewer', 'operator', 'editor', 'admin')),
      primary key (project_id, username)
    )`.execute(db);
  await sql`create index project_roles_by_user on project_roles (username)`.execute(db);
  await sql`
    create table project_constants (
      project_id integer not null references projects (id) on delete cascade,
      key text not null,
      value text not null,
      description text not null default '',
      primary key (project_id, key)
    )`.execute(db);

  await sql`
    create table audit_records (
      id bigint generated always as identity primary key,
      at timestamptz not null default now(),
      project_id integer references projects (id) on delete cascade,
      app_code text not null,
      username text not null,
      action text not null,
      source text not null default 'api',
      task_id integer,
      node_id text,
      object text not null default '',
      detail json
    )`.execute(db);
  await sql`create index audit_records_by_task on audit_records (task_id, id) where task_id is not null`.execute(db);
  await sql`create index audit_records_by_project on audit_records (project_id, id)`.execute(db);
}
