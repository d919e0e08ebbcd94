import { setTimeout as delay } from 'node:timers/promises';
import type { Service } from './stack';

const LOOK_EVERY_MS = 100;
export const MB = 2 ** 20;

/** Looks again and again how much memory a service has. */
export class RssWatch {
  #most = 0;
  #isOver = false;
  readonly #watching: Promise<void>;

  constructor(service: Service) {
    this.#watching = this.#watch(service);
  }

  /** @returns the most that was seen, in bytes */
  async end(): Promise<number> {
    this.#isOver = true;
    await this.#watching;
    return this.#most;
  }

  async #watch(service: Service): Promise<void> {
    for (;;) {
      this.#most = Math.max(this.#most, (await service.usage()).rssBytes);
      if (this.#isOver) return;
      await delay(LOOK_EVERY_MS);
    }
  }
}
