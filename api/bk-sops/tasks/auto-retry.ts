import type { AutoRetries } from '../../../tasks/view/auto-retries';

/** How many of a node's automatic retries are used (bk-sops §7.4). */
export interface AutoRetryInfo {
  node_id: string;
  auto_retry_times: number;
  max_auto_retry_times: number;
}

export function autoRetryInfo(nodeId: string, { used, limit }: AutoRetries): AutoRetryInfo {
  return { node_id: nodeId, auto_retry_times: used, max_auto_retry_times: limit };
}
