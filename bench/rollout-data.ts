import { sql } from 'kysely';
import type { Db, DbOrTransaction } from '../db/connection';
import { removeMany } from './remove';

export interface ManyFlows {
  projectId: number;
  poolId: number;
  /** Ids of flows, each over as many hosts as there are in its pool. */
  flowIds: number[];
  /** One over a thousand hosts. */
  largest: number;
  remove(): Promise<void>;
}

const LARGEST = 1_000;
const STEPS = 3;
const BATCH = 50;

/**
 * A project with a pool and flows of three steps over it in batches of fifty that have ended, each with a run of every step on
 * every host, and one over a thousand hosts.
 */
export async function createFlows(db: Db, { flows, hosts }: { flows: number; hosts: number }): Promise<ManyFlows> {
  const { id: projectId } = await db
    .insertInto('projects')
    .values({ name: 'rollouts', bk_biz_id: null })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { rows } = await sql<{ pool: number }>`
    with cluster as (insert into clusters (project_id, name) values (${projectId}, 'c') returning id),
    service as (insert into services (project_id, cluster_id, name, docker_image)
                select ${projectId}::integer, id, 's', 'image' from cluster returning id)
    insert into pools (project_id, service_id, name) select ${projectId}::integer, id, 'pool' from service returning id as pool`.execute(
    db,
  );
  const poolId = rows[0]!.pool;
  await sql`
    with made as (
      insert into hosts (supplier_account, project_id, address)
      select '0', ${projectId}::integer, '10.' || 100 + n / 65536 || '.' || n / 256 % 256 || '.' || n % 256
        from generate_series(1, ${LARGEST}::integer) n returning id
    )
    insert into pool_hosts (host_id, pool_id, status) select id, ${poolId}::integer, 2 from made`.execute(db);
  const flowIds: number[] = [];
  for (const size of [...Array.from({ length: flows }, () => hosts), LARGEST]) {
    flowIds.push(await createFlow(db, { projectId, poolId, size }));
  }
  const largest = flowIds.pop()!;
  // What autovacuum does in the background of a server that is in use.
  for (const table of ['flows', 'flow_hosts', 'flow_steps', 'host_steps', 'host_runs', 'pool_hosts', 'hosts'])
    await sql`vacuum analyze ${sql.table(table)}`.execute(db);
  return { projectId, poolId, flowIds, largest, remove: () => removeMany(db, (tx) => removeAll(tx, projectId)) };
}

async function createFlow(db: Db, at: { projectId: number; poolId: number; size: number }): Promise<number> {
  const { projectId, poolId, size } = at;
  const batches = Math.ceil(size / BATCH);
  const { rows } = await sql<{ id: number }>`
    with task as (
      insert into tasks (project_id, name, category, flow_type, current_flow, create_method, template_source, root_node_id,
                         creator, executor, phase, status, shown)
      values (${projectId}, 'rollout', 'Default', 'common', 'finished', 'rollout', 'rollout', 'n', 'ann', 'ann',
              'ended', 'FINISHED', 'FINISHED') returning id
    ), flow as (
      insert into flows (project_id, pool_id, pool_name, template_name, name, kind, batch_size, operator, task_id, end_state)
      select ${projectId}::integer, ${poolId}::integer, 'pool', 'deploy', 'deploy ' || md5(id::text), 'deploy', ${BATCH}::integer, 'ann', id, 2
        from task returning id, task_id
    ), joined as (
      insert into flow_tasks (flow_id, task_id, node_ids, gate_node) select id, task_id, '{n1}', 'gate' from flow
    ), steps as (
      insert into flow_steps (flow_id, number, name, type, values, scripts)
      select id, step, 'step ' || step, 'remote', '{"tag":"1.2.3"}', '[]' from flow, generate_series(0, ${STEPS - 1}::integer) step
    ), batches as (
      insert into flow_batches (flow_id, number, state) select id, batch, 2 from flow, generate_series(1, ${batches}::integer) batch
    ), host as (
      select id, address, row_number() over (order by id) as place from hosts
       where project_id = ${projectId} order by id limit ${size}::integer
    ), placed as (
      insert into flow_hosts (flow_id, host_id, address, place, batch, state, step_number, step, outcome)
      select flow.id, host.id, host.address, host.place, 1 + (host.place - 1) / ${BATCH}::integer,
             case when host.place % 20 = 0 then 3 else 2 end, ${STEPS}::integer, 'step ' || ${STEPS - 1}::integer, 'ok'
        from flow, host
    ), done as (
      insert into host_steps (project_id, task_id, node_id, loop, retry, ordinal, work_hash, timeout_seconds, concurrency, parts,
                              flow_id, flow_step)
      select ${projectId}::integer, task_id, 's' || step, batch, 0, 1, 'h', 60, 10, 1, id, step
        from flow, generate_series(1, ${batches}::integer) batch, generate_series(0, ${STEPS - 1}::integer) step
      returning id, loop
    ), runs as (
      insert into host_runs (step_id, host_id, address, name, place, status, started_at, ended_at)
      select done.id, host.id, host.address, '', host.place, 'ok', now() - interval '3 s', now()
        from done join host on 1 + (host.place - 1) / ${BATCH}::integer = done.loop
    )
    select id from flow`.execute(db);
  return rows[0]!.id;
}

async function removeAll(db: DbOrTransaction, projectId: number): Promise<void> {
  await sql`update flows set task_id = null where project_id = ${projectId}`.execute(db);
  await db.deleteFrom('flows').where('project_id', '=', projectId).execute();
  await sql`
    delete from pool_hosts where pool_id in (select id from pools where project_id = ${projectId})`.execute(db);
  for (const table of ['pools', 'services', 'clusters', 'tasks', 'hosts'] as const)
    await db.deleteFrom(table).where('project_id', '=', projectId).execute();
  await db.deleteFrom('projects').where('id', '=', projectId).execute();
}
