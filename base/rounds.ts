import type { Log } from './log';

const PERIOD_MS = 5_000;

/** Work that is done again and again, one round after the other. */
export abstract class Rounds {
  #timer: ReturnType<typeof setInterval> | undefined;
  #round: Promise<void> = Promise.resolve();

  /** @param name what is said not to have worked when a round fails */
  constructor(
    protected readonly log: Log,
    private readonly name: string,
  ) {}

  start(): void {
    this.#timer = setInterval(() => {
      this.#round = this.#round.then(() => this.#tryRound());
    }, PERIOD_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#round;
  }

  protected abstract round(): Promise<void>;

  async #tryRound(): Promise<void> {
    try {
      await this.round();
    } catch (error) {
      // Postgres or Temporal is away: the next round tries again.
      this.log.warn({ error }, `${this.name} did not work`);
    }
  }
}
