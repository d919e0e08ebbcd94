import { GantryError } from '../base/error';
import { hashSecret } from '../db/secrets';
import { isOurs } from './failure';
import { RateLimiter } from './rate-limit';

/** Apps that are remembered as known. */
const MAX_KNOWN = 1_000;

/**
 * Those who could not say who they are, by address: so many a second, and twice as many at once, are told what was wrong;
 * further ones 429. An app that was known lately is let in all the same, because it may share its address (a proxy's, an
 * office's) with those who are not.
 */
export class Strangers {
  readonly #failures: RateLimiter;
  readonly #known = new Set<string>();

  /** @param perSecond failures by address; 0: any number */
  constructor(perSecond: number) {
    this.#failures = new RateLimiter(perSecond);
  }

  /**
   * Before anybody is asked for: lets nobody unknown in from where too many have failed.
   *
   * @throws GantryError `too_many`
   */
  requireRoom(address: string, app?: { code: unknown; secret: unknown }): void {
    const wait = address === '' ? 0 : this.#failures.look(address);
    if (wait === 0 || (app && this.#isKnown(app))) return;
    throw tooMany(wait);
  }

  remember(code: string, secretHash: string): void {
    const key = `${code} ${secretHash}`;
    if (this.#known.has(key)) return;
    this.#known.add(key);
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.values().next().value!);
  }

  /** What to tell somebody of whom this became of trying: the error, or that it was one too many. */
  count(address: string, error: unknown): unknown {
    if (!isOurs(error) || (error.kind !== 'unauthenticated' && error.kind !== 'too_large')) return error;
    const wait = address === '' ? 0 : this.#failures.take(address);
    return wait === 0 ? error : tooMany(wait);
  }

  #isKnown({ code, secret }: { code: unknown; secret: unknown }): boolean {
    return typeof secret === 'string' && this.#known.has(`${code} ${hashSecret(secret)}`);
  }
}

function tooMany(retryAfterSeconds: number): GantryError {
  return new GantryError(
    'too_many',
    `too many requests of unknown senders come from your address: go on in ${retryAfterSeconds} s`,
    { retryAfterSeconds },
  );
}
