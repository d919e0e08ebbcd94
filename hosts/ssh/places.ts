import type { Connection } from './connection';
import { unlessAborted } from './within';

/**
 * How many connections there may be at all, to whatever hosts. One that nothing is done over stays for a while, and goes
 * at once when its place is wanted: the one that has rested longest first.
 */
export class Places {
  #taken = 0;
  readonly #line: (() => void)[] = [];
  readonly #onEmpty: (() => void)[] = [];
  /** In the order in which they began to rest. */
  readonly #resting = new Map<Connection, NodeJS.Timeout>();

  constructor(
    private readonly most: number,
    private readonly idleMs: number,
  ) {}

  get taken(): number {
    return this.#taken;
  }

  /** Waits for a place. @throws the reason of the signal */
  async take(signal: AbortSignal): Promise<void> {
    if (this.#taken < this.most) {
      this.#taken += 1;
      return;
    }
    let enter = () => {};
    const entered = new Promise<void>((resolve) => {
      enter = resolve;
    });
    this.#line.push(enter);
    // Its place becomes free, and ours, when it is closed.
    const [oldest] = this.#resting.keys();
    if (oldest) this.#end(oldest);
    try {
      await unlessAborted(entered, signal);
    } catch (error) {
      const at = this.#line.indexOf(enter);
      if (at >= 0) this.#line.splice(at, 1);
      else this.free();
      throw error;
    }
  }

  free(): void {
    const next = this.#line.shift();
    if (next) return next();
    this.#taken -= 1;
    if (this.#taken === 0) for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  /** Resolves when no place is taken. */
  async empty(): Promise<void> {
    if (this.#taken > 0) await new Promise<void>((resolve) => this.#onEmpty.push(resolve));
  }

  /** Nothing is done over a connection from now on. */
  rest(connection: Connection): void {
    if (this.#line.length > 0) return this.#end(connection);
    this.wake(connection);
    this.#resting.set(
      connection,
      setTimeout(() => this.#end(connection), this.idleMs),
    );
  }

  /** Something is, or it is gone. */
  wake(connection: Connection): void {
    clearTimeout(this.#resting.get(connection));
    this.#resting.delete(connection);
  }

  #end(connection: Connection): void {
    this.wake(connection);
    connection.end();
  }
}
