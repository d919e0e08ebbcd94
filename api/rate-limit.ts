interface Bucket {
  /** Requests that may come at once. */
  tokens: number;
  /** As of when, in ms since the epoch. */
  at: number;
}

/** How many seconds' worth of requests may come at once. */
const BURST_SECONDS = 2;
/** Who has not been heard of for longest is forgotten, and begins anew. */
const MAX_BUCKETS = 10_000;

/** Requests a second by caller, in this process: a token bucket each, of no more than 10,000 callers at a time. */
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
    const filled = this.#fill(caller, rate, now);
    this.#buckets.delete(caller);
    this.#buckets.set(caller, { tokens: filled >= 1 ? filled - 1 : filled, at: now });
    if (this.#buckets.size > MAX_BUCKETS) this.#buckets.delete(this.#buckets.keys().next().value!);
    return filled >= 1 ? 0 : Math.ceil((1 - filled) / rate);
  }

  /** What `take` would say, without counting. */
  look(caller: string, now = Date.now()): number {
    const rate = this.requestsPerSecond;
    if (rate === 0) return 0;
    const filled = this.#fill(caller, rate, now);
    return filled >= 1 ? 0 : Math.ceil((1 - filled) / rate);
  }

  /** Requests that may come now, however many have come. */
  #fill(caller: string, rate: number, now: number): number {
    const full = rate * BURST_SECONDS;
    const { tokens, at } = this.#buckets.get(caller) ?? { tokens: full, at: now };
    // A clock that was set back takes nothing away.
    return Math.min(full, tokens + (Math.max(0, now - at) / 1000) * rate);
  }
}
