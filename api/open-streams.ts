import { GantryError } from '../base/error';

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
   * Counts a stream until its signal is aborted.
   *
   * @throws GantryError `too_many`
   */
  add(user: string, until: AbortSignal): void {
    const own = this.#ofUser.get(user) ?? 0;
    if (own >= this.maxOfUser || this.#count >= this.max) {
      const whose = own >= this.maxOfUser ? `${user} has` : 'there are';
      throw new GantryError(
        'too_many',
        `${whose} ${own >= this.maxOfUser ? own : this.#count} event streams open: close some of them`,
        {
          retryAfterSeconds: 10,
        },
      );
    }
    this.#count += 1;
    this.#ofUser.set(user, own + 1);
    until.addEventListener('abort', () => this.#remove(user), { once: true });
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
