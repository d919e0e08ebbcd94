import type { Db } from '../../db/connection';
import { insertFlow, type NewFlowStep } from '../../db/flows';
import { addSshProject, type SshProject } from './ssh-inventory';

let made = 0;

/** A project with a pool, and what makes hosts, templates and flows of it as if they had been there long. */
export interface PoolWorld extends SshProject {
  poolId: number;
  serviceId: number;
  /** A host of the pool; without an address its machine is yet to come. */
  pooled(given?: { address?: string | null; vm_id?: string; provider?: string; poolId?: number }): Promise<number>;
  template(...steps: string[]): Promise<number>;
  /** A flow over hosts; the ids that they have in it. */
  flow(hostIds: readonly number[]): Promise<{ flowId: number; nsids: number[] }>;
}

export async function addPool(
  db: Db,
  given: { vm_type?: number; sd_id?: number; module_id?: number } = {},
): Promise<PoolWorld> {
  const world = await addSshProject(db);
  const { projectId } = world;
  const name = () => `n${++made}`;
  const cluster = await insertNamed('clusters', {});
  const serviceId = await insertNamed('services', { cluster_id: cluster, docker_image: 'registry/app:1' });
  const poolId = await insertNamed('pools', { service_id: serviceId, vm_type: 3, sd_id: 9, ...given });

  async function insertNamed(
    table: 'clusters' | 'services' | 'pools' | 'rollout_templates',
    row: object,
  ): Promise<number> {
    const { id } = await db
      .insertInto(table as 'clusters')
      .values({ project_id: projectId, name: name(), ...row })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  }

  return {
    ...world,
    poolId,
    serviceId,
    async pooled({ poolId: pool_id = poolId, ...host } = {}) {
      const id = await world.host({ ...host, ...(host.address === null ? { name: '' } : {}) });
      await db.insertInto('pool_hosts').values({ host_id: id, pool_id }).execute();
      return id;
    },
    async template(...steps) {
      const id = await insertNamed('rollout_templates', {});
      const rows = steps.map((step, place) => ({ template_id: id, place, name: step, values: '{}' }));
      if (rows.length > 0) await db.insertInto('rollout_template_steps').values(rows).execute();
      return id;
    },
    async flow(hostIds) {
      const steps: NewFlowStep[] = [];
      const hosts = await db
        .selectFrom('hosts')
        .selectAll()
        .where('id', 'in', [...hostIds])
        .orderBy('id')
        .execute();
      const rows = hosts.map(({ id, address, vm_id }) => ({ id, address: address ?? '', vmId: vm_id, batch: 1 }));
      const flow = { project_id: projectId, pool_id: poolId, pool_name: 'p', template_name: 't', name: 'f' };
      const more = { kind: 'expand' as const, batch_size: rows.length, operator: 'oda', username: 'oda', app_code: '' };
      const flowId = await insertFlow(db, { ...flow, ...more }, { steps, hosts: rows });
      const own = await db
        .selectFrom('flow_hosts')
        .select('id')
        .where('flow_id', '=', flowId)
        .orderBy('place')
        .execute();
      return { flowId, nsids: own.map(({ id }) => id) };
    },
  };
}
