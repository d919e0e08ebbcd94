import { type Resolvers, withResolvers } from './with-resolvers';

/** How items are done together. */
export interface Batching<Item, Result> {
  /** Does what is asked with some items, in one go for all of them; the results are in their order. */
  write(items: readonly Item[]): Promise<readonly Result[]>;
  /** After a write the next one waits so long: what comes meanwhile goes with it. */
  gatherMs: number;
  /** Whether an error says nothing of the items: each of them would meet it too. */
  concernsAll(error: unknown): boolean;
}

interface Waiting<Item, Result> {
  item: Item;
  done: Resolvers<Result>;
}

/**
 * Does what comes at about the same time together: waking a server and being woken costs more than a row does. Who comes
 * alone is not kept waiting.
 */
export class Batcher<Item, Result> {
  #waiting: Waiting<Item, Result>[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** Time of `performance.now()` before which nothing is written. */
  #notBefore = 0;

  constructor(private readonly batching: Batching<Item, Result>) {}

  /**
   * @param atOnce nothing may be waited for; what waits goes with it
   * @throws what the write of this item throws
   */
  add(item: Item, { atOnce = false } = {}): Promise<Result> {
    const done = withResolvers<Result>();
    this.#waiting.push({ item, done });
    const waitMs = atOnce ? 0 : this.#notBefore - performance.now();
    if (waitMs <= 0) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), waitMs);
    return done.promise;
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#notBefore = performance.now() + this.batching.gatherMs;
    const batch = this.#waiting;
    this.#waiting = [];
    void this.#write(batch);
  }

  async #write(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.batching.write(batch.map(({ item }) => item));
      for (const [index, { done }] of batch.entries()) done.resolve(results[index]!);
    } catch (error) {
      if (batch.length === 1 || this.batching.concernsAll(error)) for (const { done } of batch) done.reject(error);
      // One item that is not taken must not keep the others from being written.
      else for (const waiting of batch) void this.#write([waiting]);
    }
  }
}
