import type { DbOrTransaction } from '../../db/connection';
import { countRetries } from '../../db/node-histories';
import type { Program } from '../../pipeline/program';

/** How many of a node's automatic retries are used, of how many. */
export interface AutoRetries {
  used: number;
  limit: number;
}

/** Automatic retries of a task's nodes, by node id: the retries of a node that nobody asked for. */
export async function readAutoRetries(
  db: DbOrTransaction,
  taskId: number,
  program: Program | Promise<Program>,
): Promise<(nodeId: string) => AutoRetries> {
  const [{ nodes }, retries] = await Promise.all([program, countRetries(db, taskId)]);
  const limits = new Map(
    nodes.flatMap((node): [string, number][] =>
      node.type === 'activity' && node.autoRetry && node.retryable ? [[node.id, node.autoRetry.times]] : [],
    ),
  );
  return (nodeId) => {
    const { all, manual } = retries.get(nodeId) ?? { all: 0, manual: 0 };
    const limit = limits.get(nodeId) ?? 0;
    return { used: Math.min(Math.max(all - manual, 0), limit), limit };
  };
}
