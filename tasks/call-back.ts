import { GantryError } from '../base/error';
import { findNodeExecution } from '../db/node-executions';
import type { TaskRecord } from '../db/tasks';
import type { Json } from '../pipeline/json';
import { type Asked, type Operating, operateTask, wasAccepted } from './operate';

/** Which attempt of a node is called back, and with what. */
export interface Callback {
  node: string;
  data: Json;
  /**
   * Whether the newest attempt of the node, if it was reached, is the one that is meant. Absent: whichever it is is meant,
   * and one that is not reached yet finds the data when it is.
   */
  isMeant?(newest: Awaited<ReturnType<typeof findNodeExecution>>): boolean;
}

/**
 * Calls a node back (bk-sops §7.3). A callback for an attempt that is over must not end the one that followed; one that was
 * accepted before, under the same id, is accepted again.
 *
 * @throws GantryError `refused` in step `attempt` when another attempt is meant; as `operateTask`
 */
export async function callNodeBack(
  services: Operating,
  task: TaskRecord,
  { node, data, isMeant }: Callback,
  asked: Asked,
): Promise<void> {
  const request = { action: 'callback' as const, node, data };
  if (isMeant && !isMeant(await findNodeExecution(services.db, task.id, node))) {
    if (asked.id !== undefined && (await wasAccepted(services, task, request, asked.id))) return;
    throw new GantryError('refused', `the attempt of node ${node} that is called back is over`, {
      step: 'attempt',
      reason: { code: 'wrong_state', args: { what: 'attempt', id: node, state: 'over' } },
    });
  }
  await operateTask(services, task, request, asked);
}
