/** How large batches may be. */
export interface BatchBounds {
  /** Hosts at a time; absent or 0: as many as there are. */
  maxNum?: number | undefined;
  /** Hosts at a time as a share of all, in percent, rounded down; absent: all. */
  maxRatio?: number | undefined;
  /** Hosts of the first batch, where that is to be smaller than the others. */
  first?: number | undefined;
}

const ALL_PERCENT = 100;

/** How many hosts a batch has, the last one perhaps fewer: always one at least (orion §3.1). */
export function batchSizeOf(hosts: number, { maxNum = 0, maxRatio = ALL_PERCENT }: BatchBounds): number {
  const most = maxNum > 0 ? maxNum : hosts;
  return Math.max(1, Math.min(most, Math.floor((hosts * maxRatio) / ALL_PERCENT), hosts));
}

/**
 * The batch of each host, in the order of the hosts.
 *
 * @returns numbers from 1, never falling
 * @example planBatches(5, { maxNum: 2 }) // [1, 1, 2, 2, 3]
 */
export function planBatches(hosts: number, bounds: BatchBounds): number[] {
  const size = batchSizeOf(hosts, bounds);
  const first = Math.min(size, Math.max(1, bounds.first ?? size));
  return Array.from({ length: hosts }, (_, place) => (place < first ? 1 : 2 + Math.floor((place - first) / size)));
}
