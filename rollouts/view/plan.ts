import type { ProjectRecord } from '../../db/access';
import type { DbOrTransaction } from '../../db/connection';
import type { PooledHost } from '../../db/pooled-hosts';
import { type BatchBounds, batchSizeOf, planBatches } from '../batches';
import { byPool, findHosts, requireBounds } from '../flows/create';
import type { FlowHosts } from '../flows/request';
import { type EffectiveStep, effectiveSteps } from '../templates/effective';

/** What is asked about. */
export interface PlanRequest {
  project: Pick<ProjectRecord, 'id'>;
  template: { id: number };
  hosts: FlowHosts;
  batches?: BatchBounds;
  values?: Readonly<Record<string, unknown>> | undefined;
}

/** A flow as it would be made. */
export interface PlannedFlow {
  poolId: number;
  poolName: string;
  batchSize: number;
  /** In their order. */
  hosts: (PooledHost & { batch: number })[];
}

/**
 * What `createFlows` would make of the same, without making it.
 *
 * @throws GantryError as `createFlows`
 */
export async function planFlows(
  db: DbOrTransaction,
  { project, template, hosts: wanted, batches = {}, values }: PlanRequest,
): Promise<{ steps: EffectiveStep[]; flows: PlannedFlow[] }> {
  requireBounds({ batches });
  const steps = await effectiveSteps(db, { projectId: project.id }, { templateId: template.id, values });
  const flows = [...byPool(await findHosts(db, project.id, wanted))].map(([poolId, pooled]) => {
    const numbers = planBatches(pooled.length, batches);
    return {
      poolId,
      poolName: pooled[0]!.poolName,
      batchSize: batchSizeOf(pooled.length, batches),
      hosts: pooled.map((host, at) => ({ ...host, batch: numbers[at]! })),
    };
  });
  return { steps, flows };
}
