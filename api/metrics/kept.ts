/** Asks for something at most once in a while, however often it is wanted, and once at a time. */
export class Kept<T> {
  #value: T | undefined;
  #until = Number.NEGATIVE_INFINITY;
  #asked: Promise<T | undefined> | undefined;

  /** @param keepMs how long an answer counts, and a failure too */
  constructor(
    private readonly ask: () => Promise<T>,
    private readonly keepMs: number,
  ) {}

  /**
   * What was asked for last, or is now.
   *
   * @param now ms of a clock that only goes forward
   * @returns undefined when asking has failed
   */
  read(now = performance.now()): Promise<T | undefined> {
    if (now < this.#until) return Promise.resolve(this.#value);
    this.#asked ??= this.ask()
      .catch(() => undefined)
      .then((value) => {
        this.#value = value;
        this.#until = now + this.keepMs;
        this.#asked = undefined;
        return value;
      });
    return this.#asked;
  }
}
