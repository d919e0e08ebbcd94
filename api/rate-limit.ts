interface Bucket {
  /** Requests that may come at once. */
  tokens: number;
  /** As of when, in ms since the epoch. */
  at: number;
}

/** How many seconds' worth of requests may come at once. */
const BURST_SECONDS = 2;

/**
 * Requests a second by caller, in this process: a token bucket each. Callers are those who have proved who they are, so
 * that there are no more buckets than apps.
 */
export class RateLimiter {
  readonly #buckets = new Map<string, Bucket>();

  /** @param requestsPerSecond for callers without a limit of their own; 0: none */
  constructor(private readonly requestsPerSecond: number) {}

  /**
   * Counts a request in.
   *
   * @param own the caller's own limit
   * @param now ms since the epoch
   * @returns 0, or in how many whole seconds the next one may come
   */
  take(caller: string, own: number | null = null, now = Date.now()): number {
    const rate = own ?? this.requestsPerSecond;
    if (rate === 0) return 0;
    const full = rate * BURST_SECONDS;
    const { tokens, at } = this.#buckets.get(caller) ?? { tokens: full, at: now };
    // A clock that was set back takes nothing away.
    const filled = Math.min(full, tokens + (Math.max(0, now - at) / 1000) * rate);
    this.#buckets.set(caller, { tokens: filled >= 1 ? filled - 1 : filled, at: now });
    return filled >= 1 ? 0 : Math.ceil((1 - filled) / rate);
  }
}
