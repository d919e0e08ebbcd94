import type { FlowRecord } from '../db/flows';

/**
 * In which order flows of one task are run (orion §8). An expand and what it needs go side by side, and wait for each other before
 * their last steps. Of others each comes after all that need it: what a pool needs is there as long as the pool is.
 *
 * @param flows the one that the task is made for first
 * @param needs which flow needs which
 */
export function stagesOf<T extends Pick<FlowRecord, 'id' | 'kind'>>(
  flows: readonly T[],
  needs: readonly { flow_id: number; needed_id: number }[],
): T[][] {
  const [whole] = flows;
  if (whole?.kind === 'expand') return [[...flows]];
  const stages: T[][] = [];
  const left = new Set(flows);
  while (left.size > 0) {
    const isFree = (flow: T) =>
      ![...left].some(({ id }) => needs.some((need) => need.flow_id === id && need.needed_id === flow.id));
    const free = stages.length === 0 ? [whole!] : [...left].filter(isFree);
    // There are no circles; if there were one, it would not be waited for.
    const stage = free.length > 0 ? free : [...left];
    for (const flow of stage) left.delete(flow);
    stages.push(stage);
  }
  return stages;
}
