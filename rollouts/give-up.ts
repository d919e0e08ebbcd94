import { type ErrorKind, GantryError } from '../base/error';
import { insertFlowLogs } from '../db/flow-logs';
import { endFlow, listWithParts, lockFlow, unqueueFlows } from '../db/flows';
import { endUnstarted } from '../db/pool-locks';
import { transact } from '../db/transaction';
import type { FlowServices } from './flows/request';

/** Refusals that may be over in a moment. */
const PASSING: ReadonlySet<ErrorKind> = new Set(['unavailable', 'too_many', 'wrong_state']);
const INTERNAL = 'internal error; the log of the API process says more';

/** Whether what cannot be started now never can: its own plan is what is refused. */
export function isPermanent(error: unknown): boolean {
  return error instanceof GantryError && !PASSING.has(error.kind);
}

/**
 * Fails a flow that cannot be started, and those that are run in its task: its log says why, its pools are free for the next ones in
 * their lines, and whoever starts it again has it tried again. Who was started meanwhile goes on.
 */
export async function giveUp(
  { db }: Pick<FlowServices, 'db'>,
  { id, project_id }: { id: number; project_id: number },
  error: unknown,
): Promise<void> {
  const reason = error instanceof GantryError ? error.message : INTERNAL;
  await transact(db, async (tx) => {
    const flow = await lockFlow(tx, project_id, id);
    if (!flow) return;
    const ids = (await listWithParts(tx, id)).map((one) => one.id);
    const isWaiting = flow.queued_at !== null;
    if (isWaiting) await unqueueFlows(tx, ids);
    else if (flow.task_id === null || !(await endUnstarted(tx, flow.task_id, reason))) return;
    for (const own of ids) {
      await endFlow(tx, own, 3);
      await insertFlowLogs(tx, own, [{ batch: 0, message: `fail to start flow[${flow.name},${own}]: ${reason}` }]);
    }
  });
}
