import { countRetries } from '../../../db/node-histories';
import type { Program } from '../../../pipeline/program';
import type { Call } from '../endpoint';

/** How many of a node's automatic retries are used (bk-sops §7.4). */
export interface AutoRetryInfo {
  node_id: string;
  auto_retry_times: number;
  max_auto_retry_times: number;
}

/** Automatic retries of a task's nodes: the retries of a node that nobody asked for. */
export async function autoRetries(
  { services }: Call,
  taskId: number,
  program: Program,
): Promise<(nodeId: string) => AutoRetryInfo> {
  const retries = await countRetries(services.db, taskId);
  const limits = new Map(
    program.nodes.flatMap((node): [string, number][] =>
      node.type === 'activity' && node.autoRetry && node.retryable ? [[node.id, node.autoRetry.times]] : [],
    ),
  );
  return (nodeId) => {
    const { all, manual } = retries.get(nodeId) ?? { all: 0, manual: 0 };
    const most = limits.get(nodeId) ?? 0;
    return {
      node_id: nodeId,
      auto_retry_times: Math.min(Math.max(all - manual, 0), most),
      max_auto_retry_times: most,
    };
  };
}
