import { type Kysely, sql } from 'kysely';

/**
 * What providers were asked for hosts of flows: written before they are asked, so that nothing is asked twice whatever breaks
 * before the answer is written.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table provider_intents (
      flow_host_id integer not null references flow_hosts (id) on delete cascade,
      step text not null, -- create_vm, return_vm, register, unregister
      key text not null, -- the try in which it was asked
      request text not null, -- one for all hosts that were asked for together
      state text not null default 'asking', -- asking: whether it has come there is not known; answered; done
      is_told boolean not null default false, -- somebody was told that it is not known
      vm_id text not null default '',
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      primary key (flow_host_id, step)
    )`.execute(db);
}
