import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';

export interface HostTag {
  host_id: number;
  tag: string;
}

export interface HostVariable {
  host_id: number;
  name: string;
  value: string;
}

/** Gives hosts tags; those that they have stay. */
export async function addTags(db: DbOrTransaction, tags: readonly HostTag[]): Promise<void> {
  await sql`
    insert into host_tags (host_id, tag)
    select * from unnest(${tags.map(({ host_id }) => host_id)}::integer[], ${tags.map(({ tag }) => tag)}::text[])
        on conflict do nothing`.execute(db);
}

/** Gives host variables values, whatever they had; others stay. */
export async function setVariables(db: DbOrTransaction, variables: readonly HostVariable[]): Promise<void> {
  const hosts = variables.map(({ host_id }) => host_id);
  const names = variables.map(({ name }) => name);
  const values = variables.map(({ value }) => value);
  await sql`
    insert into host_variables (host_id, name, value)
    select * from unnest(${hosts}::integer[], ${names}::text[], ${values}::text[])
        on conflict (host_id, name) do update set value = excluded.value`.execute(db);
}

export async function removeTags(db: DbOrTransaction, hostId: number): Promise<void> {
  await db.deleteFrom('host_tags').where('host_id', '=', hostId).execute();
}

export async function removeVariables(db: DbOrTransaction, hostId: number): Promise<void> {
  await db.deleteFrom('host_variables').where('host_id', '=', hostId).execute();
}
