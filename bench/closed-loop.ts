/** What a batch of runs took. */
export interface Batch {
  /** From the first start to the last end. */
  elapsedMs: number;
  /** From start to end of each run, in the order of their starts. */
  latenciesMs: number[];
}

/** Runs everything, at most `inFlight` at a time: the next one starts when one has ended. */
export async function closedLoop(runs: readonly (() => Promise<unknown>)[], inFlight: number): Promise<Batch> {
  const latenciesMs = new Array<number>(runs.length);
  let next = 0;
  async function lane(): Promise<void> {
    for (let place = next++; place < runs.length; place = next++) {
      const startedAt = performance.now();
      await runs[place]!();
      latenciesMs[place] = performance.now() - startedAt;
    }
  }
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: Math.min(inFlight, runs.length) }, lane));
  return { elapsedMs: performance.now() - startedAt, latenciesMs };
}
