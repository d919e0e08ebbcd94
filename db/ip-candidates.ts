import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';

/** A host that a text of addresses may mean. */
export interface IpCandidate {
  id: number;
  name: string;
  address: string | null;
  cloud_id: number;
  cloud_name: string;
  is_disabled: boolean;
  /** Null: it is in the resource pool. */
  business_id: number | null;
  business_name: string | null;
  /** Whether a user has a role in its project. */
  is_seen: boolean;
  /** Those of the wanted ones that it is in. */
  modules: { set: string; module: string }[];
}

/** Hosts of an account by their ids or addresses, in whatever business. */
export async function findIpCandidates(
  db: DbOrTransaction,
  account: string,
  {
    ids,
    addresses,
    places,
    username,
  }: {
    ids: readonly number[];
    addresses: readonly string[];
    /** Modules of sets, by their names: which of them a host is in. */
    places: readonly { set: string; module: string }[];
    /** Whose roles count. */
    username: string;
  },
): Promise<IpCandidate[]> {
  const { rows } = await sql<IpCandidate>`
    select hosts.id, hosts.name, address, cloud_id, clouds.name as cloud_name, hosts.is_disabled,
           businesses.id as business_id, businesses.name as business_name, roles.role is not null as is_seen,
           (select coalesce(json_agg(json_build_object('set', sets.name, 'module', modules.name)), '[]')
              from module_hosts join modules on modules.id = module_id join sets on sets.id = set_id
             where host_id = hosts.id and (sets.name, modules.name) in (
               select * from unnest(${places.map(({ set }) => set)}::text[], ${places.map(({ module }) => module)}::text[]))
           ) as modules
      from hosts
      join clouds on clouds.supplier_account = hosts.supplier_account and clouds.id = cloud_id
      left join businesses on businesses.project_id = hosts.project_id
      left join project_roles roles on roles.project_id = hosts.project_id and roles.username = ${username}
     where hosts.supplier_account = ${account}
       and (hosts.id = any (${ids}::integer[]) or address = any (${addresses}::text[]))
     order by cloud_id, hosts.id`.execute(db);
  return rows;
}
