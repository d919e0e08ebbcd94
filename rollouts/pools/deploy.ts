import { wrongField } from '../../base/error';
import type { DbOrTransaction } from '../../db/connection';
import { listPoolHostIds } from '../../db/pool-hosts';
import type { BatchBounds } from '../batches';
import { createFlows, makingFlows } from '../flows/create';
import type { CreatedFlow, FlowServices } from '../flows/request';
import { imageValues, type PoolRequest, preparePool } from './change';

export interface DeployRequest extends PoolRequest {
  /** The image that is started; absent or empty: that of the pool's service. */
  tag?: string | undefined;
  batches: BatchBounds;
}

/**
 * Makes a flow that does the steps of the pool's template with all of its hosts (orion §6).
 *
 * @param tx as `createFlows`
 * @throws GantryError `invalid`, `not_found` in the document's words
 */
export async function deployPool(
  services: FlowServices,
  request: DeployRequest,
  tx?: DbOrTransaction,
): Promise<CreatedFlow> {
  return makingFlows(services, tx, (own) => insertDeploy(services, request, own));
}

async function insertDeploy(
  services: FlowServices,
  { poolId, tag = '', batches, ...request }: DeployRequest,
  tx: DbOrTransaction,
): Promise<CreatedFlow> {
  const { pool, templateId, steps } = await preparePool(tx, { project: request.project, poolId }, 'deploy');
  const hostIds = await listPoolHostIds(tx, pool.id);
  if (hostIds.length === 0) throw wrongField('nodes is empty', { code: 'required', args: { field: 'nodes' } });
  const [created] = await createFlows(
    services,
    {
      ...request,
      template: { id: templateId },
      hosts: { ids: hostIds },
      name: request.name ?? `deploy_${pool.name}`,
      kind: 'deploy',
      batches,
      stepValues: imageValues(steps, tag === '' ? pool.docker_image! : tag),
    },
    tx,
  );
  return created!;
}
