import { sql } from 'kysely';
import { KINDS } from './businesses';
import type { DbOrTransaction } from './connection';
import type { HostRecord } from './hosts';

/** Hosts of a project, by id; those that there are. */
export function findHosts(db: DbOrTransaction, projectId: number, ids: readonly number[]): Promise<HostRecord[]> {
  return db
    .selectFrom('hosts')
    .selectAll()
    .where('project_id', '=', projectId)
    .where(sql<boolean>`id = any (${ids}::integer[])`)
    .orderBy('id')
    .execute();
}

/** The tags of hosts by host, in order; hosts without any are left out. */
export async function listTags(db: DbOrTransaction, hostIds: readonly number[]): Promise<Map<number, string[]>> {
  const { rows } = await sql<{ host_id: number; tags: string[] }>`
    select host_id, array_agg(tag order by tag) as tags
      from host_tags where host_id = any (${hostIds}::integer[]) group by host_id`.execute(db);
  return new Map(rows.map(({ host_id, tags }) => [host_id, tags]));
}

/** Which of some tags hosts have, by host; hosts with none of them are left out. */
export async function listTagsAmong(
  db: DbOrTransaction,
  hostIds: readonly number[],
  tags: readonly string[],
): Promise<Map<number, string[]>> {
  const { rows } = await sql<{ host_id: number; tags: string[] }>`
    select host_id, array_agg(tag order by tag) as tags from host_tags
     where host_id = any (${hostIds}::integer[]) and tag = any (${tags}::text[]) group by host_id`.execute(db);
  return new Map(rows.map(({ host_id, tags }) => [host_id, tags]));
}

/** The host variables of hosts by host, in order of their names; hosts without any are left out. */
export async function listVariables(
  db: DbOrTransaction,
  hostIds: readonly number[],
): Promise<Map<number, Record<string, string>>> {
  const { rows } = await sql<{ host_id: number; names: string[]; values: string[] }>`
    select host_id, array_agg(name order by name) as names, array_agg(value order by name) as values
      from host_variables where host_id = any (${hostIds}::integer[]) group by host_id`.execute(db);
  return new Map(
    rows.map(({ host_id, names, values }) => [
      host_id,
      Object.fromEntries(names.map((name, index) => [name, values[index]!])),
    ]),
  );
}

/** Bytes of the values of hosts' variables, by host; hosts without any are left out. */
export async function sizesOfVariables(db: DbOrTransaction, hostIds: readonly number[]): Promise<Map<number, number>> {
  const { rows } = await sql<{ host_id: number; bytes: string }>`
    select host_id, sum(octet_length(value)) as bytes
      from host_variables where host_id = any (${hostIds}::integer[]) group by host_id`.execute(db);
  return new Map(rows.map(({ host_id, bytes }) => [host_id, Number(bytes)]));
}

/** A module and the set that it is in. */
export interface PlacedModule {
  id: number;
  name: string;
  set_id: number;
  set_name: string;
}

/** How many there are, and the first of them by id. */
export interface Some<T> {
  count: number;
  first: T[];
}

/** The modules that each of some hosts is in, by host; hosts in none are left out. */
export async function listPlaces(
  db: DbOrTransaction,
  hostIds: readonly number[],
  limit: number,
): Promise<Map<number, Some<PlacedModule>>> {
  const { rows } = await sql<{ host_id: number; count: string } & PlacedModule>`
    select host_id, found.* from unnest(${hostIds}::integer[]) host_id cross join lateral (
      select modules.id, modules.name, sets.id as set_id, sets.name as set_name, count(*) over () as count
        from module_hosts join modules on modules.id = module_id join sets on sets.id = set_id
       where module_hosts.host_id = host_id.host_id order by modules.id limit ${limit}) found`.execute(db);
  return byHost(rows);
}

/** The processes that are bound to modules of each of some hosts, by host; hosts without any are left out. */
export async function listProcessesOnHosts(
  db: DbOrTransaction,
  hostIds: readonly number[],
  limit: number,
): Promise<Map<number, Some<{ id: number; name: string }>>> {
  const { rows } = await sql<{ host_id: number; count: string; id: number; name: string }>`
    select host_id, found.* from unnest(${hostIds}::integer[]) host_id cross join lateral (
      select id, name, count(*) over () as count from processes where id in (
        select process_id from module_hosts
          join modules on modules.id = module_id and modules.kind = ${KINDS.ordinary}
          join process_bindings bound on bound.business_id = modules.business_id and bound.module_name = modules.name
         where module_hosts.host_id = host_id.host_id)
       order by id limit ${limit}) found`.execute(db);
  return byHost(rows);
}

function byHost<T extends object>(rows: readonly (T & { host_id: number; count: string })[]) {
  const hosts = new Map<number, Some<Omit<T, 'host_id' | 'count'>>>();
  for (const { host_id, count, ...one } of rows) {
    const some = hosts.get(host_id);
    if (some) some.first.push(one);
    else hosts.set(host_id, { count: Number(count), first: [one] });
  }
  return hosts;
}
