interface Level {
  value: number;
  /** As of when, in ms since the epoch. */
  at: number;
}

/** How many seconds' worth of an app's requests may come at once. */
const BURST_SECONDS = 2;
/** Kept back for users who have sent little: a second's worth, and no less than these. */
const LEAST_SPARE = 10;
/** Part of the app's rate at which what a user has sent is forgotten. */
const USER_SHARE = 0.5;
/** Who has not been heard of for longest is forgotten, and begins anew. */
const MAX_USERS = 10_000;

/**
 * Requests a second by app, in this process, shared fairly by the app's users. An app's bucket has a part that is spared:
 * the more a user has sent within the last seconds, the less of it they may have. So one user alone may send what the app
 * may; and when they send more, the others still come through. All together never get more than the app's rate.
 */
export class FairLimiter {
  /** Requests that may come at once, by app. Apps have proved who they are: there are no more than were made. */
  readonly #apps = new Map<string, Level>();
  /** Requests sent lately, by app and user. */
  readonly #users = new Map<string, Level>();

  /** @param requestsPerSecond for apps without a limit of their own; 0: none */
  constructor(private readonly requestsPerSecond: number) {}

  /**
   * Counts a request in.
   *
   * @param own the app's own limit
   * @param now ms since the epoch
   * @returns 0, or in how many whole seconds the user's next one may come
   */
  take(app: string, user: string, own: number | null = null, now = Date.now()): number {
    const rate = own ?? this.requestsPerSecond;
    if (rate === 0) return 0;
    const spare = Math.max(rate, LEAST_SPARE);
    const full = rate * BURST_SECONDS + spare;
    const left = Math.min(full, moved(this.#apps.get(app), rate, now, full));
    const key = `${app} ${user}`;
    const sent = Math.max(0, moved(this.#users.get(key), -rate * USER_SHARE, now, 0));
    const untouchable = spare * Math.min(1, sent / Math.max(rate, 1));
    const isLetIn = left - 1 >= untouchable;
    this.#apps.set(app, { value: isLetIn ? left - 1 : left, at: now });
    this.#keepUser(key, { value: isLetIn ? sent + 1 : sent, at: now });
    return isLetIn ? 0 : Math.max(1, Math.ceil((untouchable + 1 - left) / rate));
  }

  #keepUser(key: string, level: Level): void {
    this.#users.delete(key);
    this.#users.set(key, level);
    if (this.#users.size > MAX_USERS) this.#users.delete(this.#users.keys().next().value!);
  }
}

/** A level that rises or falls with time. A clock that was set back moves nothing. */
function moved(level: Level | undefined, perSecond: number, now: number, initial: number): number {
  return level ? level.value + (Math.max(0, now - level.at) / 1000) * perSecond : initial;
}
