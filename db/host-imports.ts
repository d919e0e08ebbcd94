import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { HostRecord } from './hosts';

/** Hosts of a project by their names: those without an address, and of some names all. */
export async function findHostsByName(
  db: DbOrTransaction,
  { account, projectId }: { account: string; projectId: number },
  { names, addressless }: { names: readonly string[]; addressless: readonly string[] },
): Promise<HostRecord[]> {
  const { rows } = await sql<HostRecord>`
    select * from hosts
     where project_id = ${projectId} and supplier_account = ${account} and (
           (address is null and name = any (${names}::text[])) or name = any (${addressless}::text[]))
     order by id`.execute(db);
  return rows;
}

/** How much hosts have: bytes of their tags and of some of their variables, and by host how many variables in all. */
export async function labelSizes(
  db: DbOrTransaction,
  hostIds: readonly number[],
  names: readonly string[],
): Promise<{ bytes: number; counts: Map<number, number> }> {
  const ofTags = await sql<{ bytes: string }>`
    select coalesce(sum(octet_length(tag)), 0) as bytes from host_tags where host_id = any (${hostIds}::integer[])`.execute(
    db,
  );
  const ofVariables = await sql<{ host_id: number; count: string; bytes: string }>`
    select host_id, count(*) as count,
           coalesce(sum(octet_length(value)) filter (where name = any (${names}::text[])), 0) as bytes
      from host_variables where host_id = any (${hostIds}::integer[]) group by host_id`.execute(db);
  const all = [...ofTags.rows, ...ofVariables.rows];
  return {
    bytes: all.reduce((sum, { bytes }) => sum + Number(bytes), 0),
    counts: new Map(ofVariables.rows.map(({ host_id, count }) => [host_id, Number(count)])),
  };
}

/** Values of some variables of hosts, by host; hosts that have none of them are left out. */
export async function listSomeVariables(
  db: DbOrTransaction,
  hostIds: readonly number[],
  names: readonly string[],
): Promise<Map<number, Map<string, string>>> {
  const { rows } = await sql<{ host_id: number; name: string; value: string }>`
    select host_id, name, value from host_variables
     where host_id = any (${hostIds}::integer[]) and name = any (${names}::text[])`.execute(db);
  const hosts = new Map<number, Map<string, string>>();
  for (const { host_id, name, value } of rows) {
    const variables = hosts.get(host_id);
    if (variables) variables.set(name, value);
    else hosts.set(host_id, new Map([[name, value]]));
  }
  return hosts;
}
