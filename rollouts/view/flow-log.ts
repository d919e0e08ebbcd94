import type { DbOrTransaction } from '../../db/connection';
import { countFlowLogs, type LoggedLine, listFlowLogs } from '../../db/flow-lists';
import { findFlow } from '../../db/flows';
import type { PageOf, Rows } from '../../db/pages';
import { notThere } from '../../tasks/require-task';

interface FlowPlace {
  projectId: number;
  flowId: number;
}

/**
 * A page of the log of a flow, the oldest line first (orion §1.5).
 *
 * @throws GantryError `not_found` for a flow that is not of the project
 */
export async function viewFlowLog(db: DbOrTransaction, place: FlowPlace, rows: Rows): Promise<PageOf<LoggedLine>> {
  await requireFlow(db, place);
  const [lines, total] = await Promise.all([listFlowLogs(db, place.flowId, rows), countFlowLogs(db, place.flowId)]);
  return { rows: lines, total };
}

/**
 * Lines of the log of a flow after one, the oldest first.
 *
 * @throws GantryError `not_found` for a flow that is not of the project
 */
export async function viewFlowLogAfter(
  db: DbOrTransaction,
  place: FlowPlace,
  page: { after: number; limit: number },
): Promise<LoggedLine[]> {
  await requireFlow(db, place);
  return listFlowLogs(db, place.flowId, page);
}

async function requireFlow(db: DbOrTransaction, { projectId, flowId }: FlowPlace): Promise<void> {
  if (!(await findFlow(db, projectId, flowId))) throw notThere('flow', flowId);
}
