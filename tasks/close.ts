import { maskTokens } from '../base/sealed-text';
import { insertAudit } from '../db/audit';
import type { DbOrTransaction } from '../db/connection';
import { closeOpenNodeExecutions, insertUnreached, type NodesEnd, reachedNodes } from '../db/node-executions';
import { closeLostTask, findProgram, type OutsideEnd } from '../db/tasks';
import { frontierOf } from '../pipeline/frontier';
import type { Program } from '../pipeline/program';

/** Nodes that get a row of their own; a task may stand at thousands. */
const MAX_UNREACHED = 20;

/** Who or what ends a task from outside, for its operate record. */
export interface Ender {
  username: string;
  source: string;
}

/** The Temporal server, or somebody at it. */
export const FROM_TEMPORAL: Ender = { username: '', source: 'temporal' };

/**
 * Ends a task that cannot end itself: the reason stands in the task, in the nodes that it stood at and in its operate
 * record. Call it in a transaction.
 *
 * @param task as of when its workflow was looked at
 * @returns false when something has come of it since
 */
export async function closeTask(
  tx: DbOrTransaction,
  task: { id: number; seq: number },
  { reason, isPutAside }: OutsideEnd,
  { username, source }: Ender,
): Promise<boolean> {
  const { id } = task;
  const text = maskTokens(reason.replaceAll('\0', '\ufffd'));
  const closed = await closeLostTask(tx, id, task.seq, { reason: text, isPutAside });
  if (!closed) return false;
  const end: NodesEnd = { status: isPutAside ? 'FAILED' : 'REVOKED', reason: text, at: new Date() };
  await insertAudit(tx, {
    projectId: closed.projectId,
    appCode: '',
    username,
    source,
    action: isPutAside ? 'put_aside' : 'revoke',
    taskId: id,
    detail: { reason: text, nodes: await closeNodes(tx, id, end) },
  });
  return true;
}

/** Ends what is open. Whose workflow could not get on stands in front of nodes that have no record yet. */
async function closeNodes(tx: DbOrTransaction, taskId: number, end: NodesEnd): Promise<string[]> {
  const reached = await reachedNodes(tx, taskId);
  const open = await closeOpenNodeExecutions(tx, taskId, end);
  if (open.length > 0 && end.status === 'REVOKED') return open;
  const program = await findProgram<Program>(tx, taskId);
  const ahead = frontierOf(program, reached).map((index) => program.nodes[index]!.id);
  const unreached = ahead.filter((nodeId) => !open.includes(nodeId)).slice(0, MAX_UNREACHED);
  for (const nodeId of unreached) await insertUnreached(tx, taskId, nodeId, end);
  return [...open, ...unreached];
}
