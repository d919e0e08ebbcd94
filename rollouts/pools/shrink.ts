import { wrongField } from '../../base/error';
import type { DbOrTransaction } from '../../db/connection';
import { listAddressedInPool } from '../../db/pool-hosts';
import { MAX_INTEGER } from '../../db/schema';
import { canonicalAddress } from '../../inventory/ip-text';
import { createFlows, makingFlows } from '../flows/create';
import type { CreatedFlow, FlowServices } from '../flows/request';
import { type PoolRequest, preparePool } from './change';

/** Hosts that one request names. */
export const MAX_SHRINK = 10_000;

export interface ShrinkRequest extends PoolRequest {
  /** Addresses of hosts, or their ids; those that the pool has not are left out. */
  nodes: readonly string[];
}

/**
 * Makes a flow that does the steps of the pool's template with some of its hosts and gives their machines back, in one batch
 * (orion §6).
 *
 * @param tx as `createFlows`
 * @throws GantryError `invalid`, `not_found` in the document's words
 */
export async function shrinkPool(
  services: FlowServices,
  request: ShrinkRequest,
  tx?: DbOrTransaction,
): Promise<CreatedFlow> {
  if (request.nodes.length > MAX_SHRINK) {
    const args = { field: 'nodes', max: MAX_SHRINK };
    throw wrongField(`nodes: at most ${MAX_SHRINK} hosts at once`, { code: 'too_many', args });
  }
  return makingFlows(services, tx, (own) => insertShrink(services, request, own));
}

async function insertShrink(
  services: FlowServices,
  { poolId, nodes, ...request }: ShrinkRequest,
  tx: DbOrTransaction,
): Promise<CreatedFlow> {
  const { pool, templateId } = await preparePool(tx, { project: request.project, poolId }, 'shrink');
  const hostIds = (await listAddressedInPool(tx, pool.id, readNodes(nodes))).map(({ id }) => id);
  if (hostIds.length === 0) throw wrongField('nodes is empty', { code: 'required', args: { field: 'nodes' } });
  const [created] = await createFlows(
    services,
    {
      ...request,
      template: { id: templateId },
      hosts: { ids: hostIds },
      name: request.name ?? `shrink_${pool.name}`,
      kind: 'shrink',
      batches: { maxNum: hostIds.length },
      stepValues: {
        return_vm: { vm_type_id: pool.vm_type },
        unregister: { service_discovery_id: pool.sd_id },
      },
    },
    tx,
  );
  return created!;
}

/** A host that never got an address is shown, and named, by its id. */
function readNodes(nodes: readonly string[]): { addresses: string[]; ids: number[] } {
  const texts = nodes.map((node) => node.trim());
  const isId = (text: string) => /^\d{1,10}$/.test(text) && Number(text) <= MAX_INTEGER;
  return {
    addresses: texts.flatMap((text) => canonicalAddress(text) ?? []),
    ids: texts.filter(isId).map(Number),
  };
}
