import { unlessAborted } from './within';

/** Lets so many at a time do something; the others wait in line. */
export class Gate {
  #free: number;
  readonly #line: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /** @throws the reason of the signal when that is aborted before there is a place */
  async through<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#enter(signal);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    let enter = () => {};
    const entered = new Promise<void>((resolve) => {
      enter = resolve;
    });
    this.#line.push(enter);
    try {
      await unlessAborted(entered, signal);
    } catch (error) {
      const at = this.#line.indexOf(enter);
      if (at >= 0) this.#line.splice(at, 1);
      // It was let in at the very moment.
      else this.#leave();
      throw error;
    }
  }

  #leave(): void {
    const next = this.#line.shift();
    if (next) next();
    else this.#free += 1;
  }
}
