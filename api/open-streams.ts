import { GantryError } from '../base/error';
import { timeLimit } from '../base/time-limit';

/** Streams of one process, and those of one user among them. */
const MAX_STREAMS = 500;
const MAX_OF_USER = 50;

/** Counts the streams of a process: each is a look at the database each second, and a connection. */
export class OpenStreams {
  readonly #ofUser = new Map<string, number>();
  #count = 0;

  constructor(
    private readonly max = MAX_STREAMS,
    private readonly maxOfUser = MAX_OF_USER,
  ) {}

  get count(): number {
    return this.#count;
  }

  /**
   * Counts a stream in.
   *
   * @param ms it ends after so long
   * @param ends and when one of these is aborted
   * @returns aborted when the stream is to end, and is counted no more
   * @throws GantryError `too_many`
   */
  open(user: string, ms: number, ends: readonly AbortSignal[]): AbortSignal {
    const own = this.#ofUser.get(user) ?? 0;
    if (own >= this.maxOfUser || this.#count >= this.max) {
      const whose = own >= this.maxOfUser ? `${user} has ${own}` : `there are ${this.#count}`;
      throw new GantryError('too_many', `${whose} event streams open: close some of them`, { retryAfterSeconds: 10 });
    }
    this.#count += 1;
    this.#ofUser.set(user, own + 1);
    const { signal } = timeLimit(ms, ends);
    if (signal.aborted) this.#remove(user);
    else signal.addEventListener('abort', () => this.#remove(user), { once: true });
    return signal;
  }

  #remove(user: string): void {
    this.#count -= 1;
    const own = this.#ofUser.get(user)! - 1;
    if (own > 0) this.#ofUser.set(user, own);
    else this.#ofUser.delete(user);
  }
}

/** Of this process. */
export const openStreams = new OpenStreams();
