import { sql } from 'kysely';
import { chunksOf } from './chunks';
import type { DbOrTransaction } from './connection';

const LABELS_AT_ONCE = 50_000;

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
  for (const some of chunksOf(tags, LABELS_AT_ONCE)) {
    await sql`
      insert into host_tags (host_id, tag)
      select * from unnest(${some.map(({ host_id }) => host_id)}::integer[], ${some.map(({ tag }) => tag)}::text[])
          on conflict do nothing`.execute(db);
  }
}

/** Gives host variables values, whatever they had; others stay. */
export async function setVariables(db: DbOrTransaction, variables: readonly HostVariable[]): Promise<void> {
  for (const some of chunksOf(variables, LABELS_AT_ONCE)) {
    const hosts = some.map(({ host_id }) => host_id);
    const names = some.map(({ name }) => name);
    const values = some.map(({ value }) => value);
    await sql`
      insert into host_variables (host_id, name, value)
      select * from unnest(${hosts}::integer[], ${names}::text[], ${values}::text[])
          on conflict (host_id, name) do update set value = excluded.value`.execute(db);
  }
}

/** Takes all tags from hosts. */
export async function removeTags(db: DbOrTransaction, hostIds: readonly number[]): Promise<void> {
  await sql`delete from host_tags where host_id = any (${hostIds}::integer[])`.execute(db);
}

/** Takes all host variables from hosts. */
export async function removeVariables(db: DbOrTransaction, hostIds: readonly number[]): Promise<void> {
  await sql`delete from host_variables where host_id = any (${hostIds}::integer[])`.execute(db);
}
