import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';

/** A host with the pool that it is in. */
export interface PooledHost {
  id: number;
  /** Empty: not known yet. */
  address: string;
  vmId: string;
  poolId: number;
  poolName: string;
}

/** The hosts of a project that are in pools, of those with these ids or addresses: by pool, then by id. */
export async function listPooledHosts(
  db: DbOrTransaction,
  projectId: number,
  { ids = [], addresses = [] }: { ids?: readonly number[]; addresses?: readonly string[] },
): Promise<PooledHost[]> {
  const { rows } = await sql<PooledHost>`
    select hosts.id, coalesce(hosts.address, '') as address, hosts.vm_id as "vmId", pools.id as "poolId", pools.name as "poolName"
      from hosts join pool_hosts on pool_hosts.host_id = hosts.id join pools on pools.id = pool_hosts.pool_id
     where hosts.project_id = ${projectId} and pools.project_id = ${projectId}
       and (hosts.id = any(${ids}::integer[]) or hosts.address = any(${addresses}::text[]))
     order by pools.id, hosts.id`.execute(db);
  return rows;
}
