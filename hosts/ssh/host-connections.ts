import type { Connection } from './connection';

/** What a connection is wanted for: a command to the host itself, or the way to another one. */
export type Use = 'commands' | 'forwards';

export interface HostConnectionsOptions {
  /** Makes one more connection, with all that takes. */
  open(): Promise<Connection>;
  /** How many there may be by now. */
  most(): number;
  commandsEach: number;
  /** Hear of a connection over which nothing is done any more, and of one over which something is again. */
  onRest(connection: Connection): void;
  onWake(connection: Connection): void;
  /** There is no connection, and nobody who wants one. */
  onEmpty(): void;
}

interface Waiter {
  use: Use;
  take(connection: Connection): void;
  fail(error: unknown): void;
}

/** After one connection more could not be made, the ones that there are have to do for so long. */
const CONTENT_MS = 10_000;

/** All connections to one host by one route, as one user, and who waits for one. First come, first served. */
export class HostConnections {
  readonly #connections = new Set<Connection>();
  readonly #waiting: Waiter[] = [];
  #opening = 0;
  #contentUntil = 0;
  #isClosed = false;

  constructor(private readonly options: HostConnectionsOptions) {}

  /** How many connections there are, those that are being made too. */
  get size(): number {
    return this.#connections.size + this.#opening;
  }

  /**
   * Waits for a connection with room for one use more; it has to be given back.
   *
   * @throws what `open` throws when there is none to be had, and the reason of the signal
   */
  borrow(use: Use, signal?: AbortSignal): Promise<Connection> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(signal!.reason);
      };
      const waiter: Waiter = {
        use,
        take: (connection) => {
          signal?.removeEventListener('abort', leave);
          resolve(connection);
        },
        fail: (error) => {
          signal?.removeEventListener('abort', leave);
          reject(error);
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiter);
      this.#serve();
    });
  }

  giveBack(connection: Connection, use: Use): void {
    connection[use] -= 1;
    this.#serve();
    if (!connection.isIdle || !connection.isOpen) return;
    if (connection.isSpent) connection.end();
    else this.options.onRest(connection);
  }

  /** Ends all of it: who waits is told why. Resolves when nothing is open any more. */
  async close(reason: unknown): Promise<void> {
    this.#isClosed = true;
    this.#failAll(reason);
    for (const connection of this.#connections) connection.end();
    await Promise.all([...this.#connections].map(({ closed }) => closed));
  }

  #serve(): void {
    for (const waiter of [...this.#waiting]) {
      const connection = this.#withRoomFor(waiter.use);
      if (!connection) continue;
      this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
      this.options.onWake(connection);
      connection[waiter.use] += 1;
      waiter.take(connection);
    }
    while (this.#wantsMore()) this.#open();
  }

  #withRoomFor(use: Use): Connection | undefined {
    return [...this.#connections]
      .filter((connection) => (use === 'commands' ? connection.hasRoom : connection.isOpen))
      .sort((one, other) => one[use] - other[use])[0];
  }

  #wantsMore(): boolean {
    if (this.#waiting.length === 0 || this.size >= this.options.most()) return false;
    if (this.size === 0) return true;
    const commands = this.#waiting.filter(({ use }) => use === 'commands').length;
    if (commands <= this.#opening * this.options.commandsEach) return false;
    return Date.now() >= this.#contentUntil;
  }

  #open(): void {
    this.#opening += 1;
    this.options.open().then(
      (connection) => {
        this.#opening -= 1;
        this.#connections.add(connection);
        void connection.closed.then(() => this.#onClosed(connection));
        if (this.#isClosed) return connection.end();
        this.#serve();
        if (connection.isIdle) this.options.onRest(connection);
      },
      (error: unknown) => {
        this.#opening -= 1;
        this.#contentUntil = Date.now() + CONTENT_MS;
        if (this.size === 0) this.#failAll(error);
        this.#serve();
        this.#tellWhenEmpty();
      },
    );
  }

  #onClosed(connection: Connection): void {
    this.#connections.delete(connection);
    this.options.onWake(connection);
    this.#serve();
    this.#tellWhenEmpty();
  }

  #failAll(error: unknown): void {
    for (const { fail } of this.#waiting.splice(0)) fail(error);
  }

  #tellWhenEmpty(): void {
    if (this.size === 0 && this.#waiting.length === 0) this.options.onEmpty();
  }
}
