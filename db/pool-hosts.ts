import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { PageOf, Rows } from './pages';

/** A host as it is in its pool. */
export interface PoolHostRow {
  id: number;
  pool_id: number;
  address: string | null;
  vm_id: string;
  /** 0: new; 2: its last rollout has ended well on it; 3: it has not. */
  status: number;
  node_type: string;
}

/** The hosts of a pool by id; with `address`, those that have it in theirs. */
export async function listPoolHosts(
  db: DbOrTransaction,
  projectId: number,
  { poolId, address, limit, offset }: Rows & { poolId: number; address: string },
): Promise<PageOf<PoolHostRow>> {
  const from = sql`
      from pool_hosts join hosts on hosts.id = pool_hosts.host_id
           join pools on pools.id = pool_hosts.pool_id
     where pools.project_id = ${projectId} and pool_hosts.pool_id = ${poolId}
       and (${address} = '' or strpos(coalesce(hosts.address, ''), ${address}) > 0)`;
  const { rows: counted } = await sql<{ total: number }>`select count(*)::integer as total ${from}`.execute(db);
  const { rows } = await sql<PoolHostRow>`
    select hosts.id, pool_hosts.pool_id, hosts.address, hosts.vm_id, pool_hosts.status, pool_hosts.node_type ${from}
     order by pool_hosts.host_id limit ${limit} offset ${offset}`.execute(db);
  return { rows, total: counted[0]!.total };
}

/** The ids of all hosts of a pool, in order. */
export async function listPoolHostIds(db: DbOrTransaction, poolId: number): Promise<number[]> {
  const rows = await db
    .selectFrom('pool_hosts')
    .select('host_id')
    .where('pool_id', '=', poolId)
    .orderBy('host_id')
    .execute();
  return rows.map(({ host_id }) => host_id);
}

/** The pools of a project that its hosts with these addresses are in, by address; with several clouds, the first pool. */
export async function findPoolsByAddress(
  db: DbOrTransaction,
  projectId: number,
  addresses: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await sql<{ address: string; pool_id: number }>`
    select hosts.address, min(pool_hosts.pool_id) as pool_id
      from hosts join pool_hosts on pool_hosts.host_id = hosts.id
     where hosts.project_id = ${projectId} and hosts.address = any (${addresses}::text[])
     group by hosts.address`.execute(db);
  return new Map(rows.map(({ address, pool_id }) => [address, pool_id]));
}

/** Where a host is, and what is under way there. */
export interface HostInPool {
  host_id: number;
  pool_id: number;
  pool_name: string;
  /** The one whose hosts are the pool's. */
  module_id: number | null;
  /** The pool was what made the host known. */
  is_made: boolean;
  /** Of the rollout that has the pool's lock. */
  flow_id: number | null;
}

/**
 * The pools that hosts are in, by host. They are locked until the transaction ends: no rollout takes one of them meanwhile.
 */
export async function lockPoolsOf(db: DbOrTransaction, hostIds: readonly number[]): Promise<Map<number, HostInPool>> {
  await sql`
    select id from pools
     where id in (select pool_id from pool_hosts where host_id = any (${hostIds}::integer[]))
     order by id for update`.execute(db);
  const { rows } = await sql<HostInPool>`
    select host_id, pool_hosts.pool_id, pools.name as pool_name, module_id, is_made, flow_id
      from pool_hosts join pools on pools.id = pool_hosts.pool_id
           left join pool_locks on pool_locks.pool_id = pools.id
     where host_id = any (${hostIds}::integer[])`.execute(db);
  return new Map(rows.map((row) => [row.host_id, row]));
}

/** Puts hosts that are in no pool into one; a host that is in one meanwhile is a duplicate (`isDuplicate`). */
export async function addToPool(
  db: DbOrTransaction,
  { poolId, made }: { poolId: number; made: readonly number[] },
  hostIds: readonly number[],
): Promise<void> {
  await sql`
    insert into pool_hosts (host_id, pool_id, is_made)
    select host_id, ${poolId}, host_id = any (${made}::integer[]) from unnest(${hostIds}::integer[]) host_id`.execute(
    db,
  );
}

/** Says of hosts of a pool that it was what made them known. */
export async function markMade(db: DbOrTransaction, hostIds: readonly number[]): Promise<void> {
  await sql`update pool_hosts set is_made = true where host_id = any (${hostIds}::integer[])`.execute(db);
}

export async function removeFromPools(db: DbOrTransaction, hostIds: readonly number[]): Promise<void> {
  await sql`delete from pool_hosts where host_id = any (${hostIds}::integer[])`.execute(db);
}

/** Puts all hosts of a pool's module into the pool; one that is in another pool is a duplicate (`isDuplicate`). */
export async function addModuleHosts(db: DbOrTransaction, poolId: number): Promise<void> {
  await sql`
    insert into pool_hosts (host_id, pool_id)
    select host_id, pools.id from pools join module_hosts on module_hosts.module_id = pools.module_id
     where pools.id = ${poolId}
       and not exists (select from pool_hosts mine where mine.host_id = module_hosts.host_id and mine.pool_id = pools.id)`.execute(
    db,
  );
}

/** Of hosts, those that something but the pool they are in knows of: people's words about them, modules, ways to reach them. */
export async function findKnownHosts(db: DbOrTransaction, hostIds: readonly number[]): Promise<Set<number>> {
  const { rows } = await sql<{ id: number }>`
    select id from hosts
     where id = any (${hostIds}::integer[])
       and (ssh_profile_id is not null or provider <> '' or outer_address || operator || backup_operator || comment <> ''
         or exists (select from host_tags where host_id = hosts.id)
         or exists (select from host_variables where host_id = hosts.id)
         or exists (select from ssh_profiles where jump_host_id = hosts.id)
         or exists (select from module_hosts join modules on modules.id = module_id where host_id = hosts.id and kind = 0))`.execute(
    db,
  );
  return new Set(rows.map(({ id }) => id));
}

/** The hosts of a pool that have one of the ids or addresses, by id. */
export async function listAddressedInPool(
  db: DbOrTransaction,
  poolId: number,
  { ids, addresses }: { ids: readonly number[]; addresses: readonly string[] },
): Promise<{ id: number; address: string | null }[]> {
  const { rows } = await sql<{ id: number; address: string | null }>`
    select hosts.id, hosts.address
      from pool_hosts join hosts on hosts.id = pool_hosts.host_id
     where pool_hosts.pool_id = ${poolId}
       and (hosts.id = any (${ids}::integer[]) or hosts.address = any (${addresses}::text[]))
     order by hosts.id`.execute(db);
  return rows;
}
