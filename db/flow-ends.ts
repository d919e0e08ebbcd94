import type { DbOrTransaction } from './connection';
import { closeBatch, countBatches, countHosts } from './flow-batches';
import { endFlow, type FlowRecord } from './flows';

/** What decides how a flow has ended: its hosts and batches by their states (`flow_hosts.state`, `flow_batches.state`). */
interface FlowCounts {
  /** Hosts that may fail; null: a batch is good as long as one host has come through. */
  maxFailed: number | null;
  done: number;
  failed: number;
  /** Batches through which no host has come. */
  lostBatches: number;
}

/** How a rollout of which nothing is left has ended (orion §3.3): 2 when the policy that it was given holds, else 3. */
export function endStateOf({ maxFailed, done, failed, lostBatches }: FlowCounts): 2 | 3 {
  const holds = maxFailed === null ? lostBatches === 0 && done > 0 : failed <= maxFailed;
  return holds ? 2 : 3;
}

/** A flow that has ended has ended well when its policy holds by now: one more of its hosts, in this batch, counts as done. */
export async function judgeAnew(tx: DbOrTransaction, flow: FlowRecord, batch: number): Promise<void> {
  if (flow.end_state === null) return;
  await closeBatch(tx, flow.id, batch, 2);
  const { 2: done, 3: failed } = await countHosts(tx, flow.id);
  const { 3: lostBatches } = await countBatches(tx, flow.id);
  await endFlow(tx, flow.id, endStateOf({ maxFailed: flow.max_failed, done, failed, lostBatches }));
}
