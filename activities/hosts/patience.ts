/** With a host that does not answer. */
export interface Patience {
  /** It is lost so long after it must have ended there. */
  lostAfterMs: number;
  /** Between looks; each time twice as long. */
  firstWaitMs: number;
  longestWaitMs: number;
}

/** How long, and how often, a host on which a run has begun is asked again. */
export const PATIENCE: Patience = { lostAfterMs: 5 * 60_000, firstWaitMs: 500, longestWaitMs: 15_000 };
