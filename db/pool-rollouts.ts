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
