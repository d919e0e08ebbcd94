import { wrongField } from '../../base/error';
import type { DbOrTransaction } from '../../db/connection';
import { makeComingHosts, placeOfProject } from '../../inventory/hosts/provided';
import { createFlows, MAX_HOSTS, makingFlows } from '../flows/create';
import type { CreatedFlow, FlowServices } from '../flows/request';
import { imageValues, type PoolRequest, preparePool } from './change';

/** Hosts that people get at once; what is done by the clock is done in batches of as many. */
export const MAX_EXPAND = 200;

export interface ExpandRequest extends PoolRequest {
  /** Hosts that the pool gets, from 1 to MAX_EXPAND, by the clock to MAX_HOSTS. */
  num: number;
  /** Steps that start a service get the image of the pool's service; default: true. */
  withImage?: boolean | undefined;
}

/**
 * Makes hosts of a pool whose machines are not there yet, and a flow that gives them some and does the steps of the pool's
 * template, in batches of MAX_EXPAND (orion §6). All of it is one transaction.
 *
 * @param tx as `createFlows`
 * @throws GantryError `invalid`, `not_found` in the document's words
 */
export async function expandPool(
  services: FlowServices,
  request: ExpandRequest,
  tx?: DbOrTransaction,
): Promise<CreatedFlow & { hostIds: number[] }> {
  const { num, origin = 'manual' } = request;
  const max = origin === 'manual' ? MAX_EXPAND : MAX_HOSTS;
  if (!Number.isInteger(num) || num < 1 || num > max) {
    throw wrongField(`Bad num: ${num}`, { code: 'out_of_range', args: { field: 'num', min: 1, max } });
  }
  return makingFlows(services, tx, (own) => insertExpand(services, request, own));
}

async function insertExpand(
  services: FlowServices,
  { poolId, num, withImage = true, origin = 'manual', ...request }: ExpandRequest,
  tx: DbOrTransaction,
): Promise<CreatedFlow & { hostIds: number[] }> {
  const { project, actor } = request;
  const { pool, templateId, steps } = await preparePool(tx, { project, poolId }, 'expand');
  const place = await placeOfProject(tx, project.id);
  const nodeType = origin === 'manual' ? 'manual' : 'crontab';
  const filling = { id: pool.id, moduleId: pool.module_id };
  const hostIds = await makeComingHosts(tx, place, { pool: filling, count: num, nodeType }, actor);
  const [created] = await createFlows(
    services,
    {
      ...request,
      template: { id: templateId },
      hosts: { ids: hostIds },
      name: request.name ?? `expand_${pool.name}`,
      kind: 'expand',
      origin,
      batches: { maxNum: Math.min(num, MAX_EXPAND) },
      stepValues: {
        create_vm: { vm_type_id: pool.vm_type },
        register: { service_discovery_id: pool.sd_id },
        ...(withImage ? imageValues(steps, pool.docker_image!) : {}),
      },
    },
    tx,
  );
  return { ...created!, hostIds };
}
