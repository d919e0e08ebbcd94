import { type Kysely, sql } from 'kysely';

/** What is to be done with a pool by the clock, and which pools have to follow it (orion §8). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table pool_schedules (
      id integer generated always as identity primary key,
      project_id integer not null references projects (id) on delete cascade,
      pool_id integer not null references pools (id) on delete cascade,
      kind text not null, -- expand, shrink, deploy
      exec_type text not null, -- crontab; depend: it has no times
      editor text not null, -- in whose name flows are made
      due_since timestamptz not null, -- what it was due for until then is done, or let be
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      unique (pool_id, kind)
    )`.execute(db);
  await sql`create index pool_schedules_by_project on pool_schedules (project_id)`.execute(db);
  await sql`
    create table pool_cron_items (
      id integer generated always as identity primary key,
      schedule_id integer not null references pool_schedules (id) on delete cascade,
      hosts integer not null, -- that the pool is to have
      max_ratio integer not null,
      max_num integer not null,
      week_day integer not null, -- 0: every day; 1: Sunday
      time text not null,
      is_ignored boolean not null
    )`.execute(db);
  await sql`create index pool_cron_items_by_schedule on pool_cron_items (schedule_id)`.execute(db);
  await sql`
    create table pool_depend_items (
      id integer generated always as identity primary key,
      schedule_id integer not null references pool_schedules (id) on delete cascade,
      pool_id integer not null references pools (id),
      ratio double precision not null, -- hosts there for each one here
      spare integer not null,
      step_name text not null,
      is_ignored boolean not null,
      unique (schedule_id, pool_id)
    )`.execute(db);
  await sql`create index pool_depend_items_by_pool on pool_depend_items (pool_id)`.execute(db);
}
