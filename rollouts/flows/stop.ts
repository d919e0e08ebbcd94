import { auditOf, insertAudit } from '../../db/audit';
import { insertFlowLogs } from '../../db/flow-logs';
import { listWithParts, unqueueFlows } from '../../db/flows';
import { transact } from '../../db/transaction';
import { operateTask } from '../../tasks/operate';
import { startDue } from '../queue';
import { holdFlow, refuseFlow, requireFlow } from './find';
import type { FlowCaller, FlowServices } from './request';

/**
 * Ends a flow: what runs on its hosts is ended there. One that waits for its pool is taken out of the line (orion §3.5).
 *
 * @throws GantryError `wrong_state` for one that has ended; as `operateTask`
 */
export async function stopFlow(services: FlowServices, caller: FlowCaller, flowId: number): Promise<void> {
  const { project, actor, rights } = caller;
  if (await leaveLine(services, caller, flowId)) return;
  // One whose task is there and was not started yet is ended like any other.
  if ((await requireFlow(services.db, project.id, flowId)).facts.phase === 'created') await startDue(services);
  const known = await requireFlow(services.db, project.id, flowId);
  if (!known.task) throw refuseFlow(known, 'already finished');
  await operateTask(services, known.task, { action: 'stop' }, { actor, rights });
}

async function leaveLine({ db }: FlowServices, { project, actor }: FlowCaller, flowId: number): Promise<boolean> {
  return transact(db, async (tx) => {
    const known = await holdFlow(tx, project.id, flowId);
    if (!known.facts.isQueued) return false;
    const whole = known.flow.part_of ?? flowId;
    const ids = (await listWithParts(tx, whole)).map(({ id }) => id);
    await unqueueFlows(tx, ids);
    for (const id of ids) {
      await insertFlowLogs(tx, id, [{ batch: 0, message: `ended by ${actor.username} before it was begun` }]);
      await insertAudit(tx, { ...auditOf(actor), projectId: project.id, action: 'revoke', object: `flow ${id}` });
    }
    return true;
  });
}
