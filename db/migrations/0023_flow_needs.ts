import { type Kysely, sql } from 'kysely';

/** Which flows wait for which before their last step, and when saved tasks are next looked at (orion §8). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table flow_needs (
      flow_id integer not null references flows (id) on delete cascade,
      needed_id integer not null references flows (id) on delete cascade,
      ratio double precision not null, -- hosts of the needed pool for each one of the pool of the flow
      step_name text not null, -- after which a host of the needed flow counts; empty: its last one
      own integer not null, -- hosts of the pool of the flow beside those of the flow
      there integer not null, -- hosts of the needed pool beside those of the needed flow
      primary key (flow_id, needed_id)
    )`.execute(db);
  await sql`create index flow_needs_by_needed on flow_needs (needed_id)`.execute(db);
  // Those that are there are looked at once, which says when that is next.
  await sql`
    alter table pool_schedules
      add column look_at timestamptz default now(), -- when something may be due next; null: never
      add column refusal text not null default '', -- of what it was due for last
      add column app_code text not null default '' -- by which the editor has saved it`.execute(db);
  await sql`create index pool_schedules_by_look on pool_schedules (look_at) where look_at is not null`.execute(db);
}
