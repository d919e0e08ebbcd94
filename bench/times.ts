import { type Bench, scaled } from './bench';

/** How long some work takes, in milliseconds, each of so many times. */
export async function timesOf(bench: Bench, calls: number, work: () => Promise<unknown>): Promise<number[]> {
  const ms: number[] = [];
  for (let turn = 0; turn < scaled(bench, calls, 3); turn++) {
    const startedAt = performance.now();
    await work();
    ms.push(performance.now() - startedAt);
  }
  return ms;
}
