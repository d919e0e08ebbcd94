import type { DbOrTransaction } from '../../db/connection';
import { type CountedBatch, listBatchesAfter } from '../../db/flow-lists';
import { findFlow } from '../../db/flows';
import { notThere } from '../../tasks/require-task';

/**
 * Batches of a flow after one, in their order: those that are to come too, for the plan is made with the flow.
 *
 * @throws GantryError `not_found` for a flow that is not of the project
 */
export async function viewBatchesAfter(
  db: DbOrTransaction,
  { projectId, flowId }: { projectId: number; flowId: number },
  page: { after: number; limit: number },
): Promise<CountedBatch[]> {
  if (!(await findFlow(db, projectId, flowId))) throw notThere('flow', flowId);
  return listBatchesAfter(db, flowId, page);
}
