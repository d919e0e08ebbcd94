import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';

/** A host as its provider has to know it. */
export interface ProvidedRow {
  id: number;
  address: string | null;
  vm_id: string;
  provider: string;
}

/** Hosts of a project, by id, as their providers know them. */
export async function findProvided(
  db: DbOrTransaction,
  projectId: number,
  hostIds: readonly number[],
): Promise<Map<number, ProvidedRow>> {
  const rows = await db
    .selectFrom('hosts')
    .select(['id', 'address', 'vm_id', 'provider'])
    .where('project_id', '=', projectId)
    .where(sql<boolean>`id = any (${hostIds}::integer[])`)
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** Locks hosts of a project that have a tag, are in no pool and not in maintenance, and that nobody else is taking. */
export async function lockSpares(
  tx: DbOrTransaction,
  { projectId, tag, limit }: { projectId: number; tag: string; limit: number },
): Promise<ProvidedRow[]> {
  const { rows } = await sql<ProvidedRow>`
    select hosts.id, address, vm_id, provider
      from hosts join host_tags on host_tags.host_id = hosts.id and tag = ${tag}
     where project_id = ${projectId} and address is not null and not is_disabled
       and not exists (select from pool_hosts where pool_hosts.host_id = hosts.id)
     order by hosts.id
       for update of hosts skip locked
     limit ${limit}`.execute(tx);
  return rows;
}

/** The pool that a host is in, as who, and the module whose hosts that pool has. */
export async function findPoolPlace(
  db: DbOrTransaction,
  hostId: number,
): Promise<{ pool_id: number; module_id: number | null; node_type: string } | undefined> {
  return db
    .selectFrom('pool_hosts')
    .innerJoin('pools', 'pools.id', 'pool_hosts.pool_id')
    .select(['pool_id', 'module_id', 'node_type'])
    .where('host_id', '=', hostId)
    .executeTakeFirst();
}

/** Puts hosts into a pool, as who; those that are in it stay, as who is said. */
export async function putIntoPool(
  tx: DbOrTransaction,
  { poolId, nodeType }: { poolId: number; nodeType: string },
  hostIds: readonly number[],
): Promise<void> {
  await sql`
    insert into pool_hosts (host_id, pool_id, node_type)
    select host_id, ${poolId}, ${nodeType} from unnest(${hostIds}::integer[]) host_id
        on conflict (host_id) do update set node_type = excluded.node_type, updated_at = now()
     where pool_hosts.pool_id = excluded.pool_id`.execute(tx);
}

/**
 * Has a host of a flow, and what is written of it there, be another one.
 *
 * @returns the host that it was; null: that is not there any more
 */
export async function replaceFlowHost(tx: DbOrTransaction, flowHostId: number, hostId: number): Promise<number | null> {
  const { rows } = await sql<{ host_id: number | null }>`
    select host_id from flow_hosts where id = ${flowHostId} for update`.execute(tx);
  const before = rows[0]?.host_id ?? null;
  await sql`
    update flow_hosts set host_id = hosts.id, address = coalesce(hosts.address, ''), updated_at = now()
      from hosts where hosts.id = ${hostId} and flow_hosts.id = ${flowHostId}`.execute(tx);
  if (before !== null) {
    // Flows that wait for the pool were made with the host that was to come.
    await sql`
      update flow_hosts set host_id = hosts.id, address = coalesce(hosts.address, ''), updated_at = now()
        from hosts where hosts.id = ${hostId} and flow_hosts.host_id = ${before} and flow_hosts.state = 0`.execute(tx);
    await sql`update host_runs set host_id = ${hostId} where host_id = ${before}`.execute(tx);
  }
  return before;
}

/** The hosts in the inventory that hosts of flows are, by their ids there; deleted ones are left out. */
export async function findFlowHostIds(
  db: DbOrTransaction,
  flowHostIds: readonly number[],
): Promise<Map<number, number>> {
  const { rows } = await sql<{ id: number; host_id: number }>`
    select id, host_id from flow_hosts
     where id = any (${flowHostIds}::integer[]) and host_id is not null`.execute(db);
  return new Map(rows.map(({ id, host_id }) => [id, host_id]));
}

/** In whose name a flow works now: who has its task executed, else who has asked for it. */
export async function findFlowActor(db: DbOrTransaction, flowId: number): Promise<string | undefined> {
  const { rows } = await sql<{ username: string }>`
    select coalesce(nullif(tasks.executor, ''), flows.operator) as username
      from flows left join tasks on tasks.id = flows.task_id where flows.id = ${flowId}`.execute(db);
  return rows[0]?.username;
}

/** The hosts of a project with an address, in whatever cloud. */
export async function findHostsByAddress(db: DbOrTransaction, projectId: number, address: string): Promise<number[]> {
  const rows = await db
    .selectFrom('hosts')
    .select('id')
    .where('project_id', '=', projectId)
    .where('address', '=', address)
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}
