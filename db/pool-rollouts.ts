import type { DbOrTransaction } from './connection';

/** A pool, as far as what is done with all of it depends on it. */
export interface RolloutPool {
  id: number;
  name: string;
  vm_type: number;
  sd_id: number;
  expand_template: number;
  shrink_template: number;
  deploy_template: number;
  module_id: number | null;
  service_id: number;
  /** Null: the service is not there. */
  docker_image: string | null;
}

/** A pool of a project with what its service runs; nobody deletes it until the transaction ends. */
export function keepRolloutPool(tx: DbOrTransaction, projectId: number, id: number): Promise<RolloutPool | undefined> {
  return tx
    .selectFrom('pools')
    .leftJoin('services', 'services.id', 'pools.service_id')
    .select(['pools.id', 'pools.name', 'vm_type', 'sd_id', 'module_id', 'service_id', 'docker_image'])
    .select(['expand_template', 'shrink_template', 'deploy_template'])
    .where('pools.project_id', '=', projectId)
    .where('pools.id', '=', id)
    .forKeyShare('pools')
    .executeTakeFirst();
}

/** The hosts of a pool, by id: all, or those with these addresses or ids. */
export async function listPoolHostIds(
  db: DbOrTransaction,
  poolId: number,
  wanted?: { addresses: readonly string[]; ids: readonly number[] },
): Promise<number[]> {
  const rows = await db
    .selectFrom('pool_hosts')
    .innerJoin('hosts', 'hosts.id', 'pool_hosts.host_id')
    .select('hosts.id')
    .where('pool_id', '=', poolId)
    .$if(wanted !== undefined, (query) =>
      query.where(({ or, eb }) =>
        or([eb('hosts.address', 'in', [...wanted!.addresses, '']), eb('hosts.id', 'in', [...wanted!.ids, 0])]),
      ),
    )
    .orderBy('hosts.id')
    .execute();
  return rows.map(({ id }) => id);
}
