/** Lets so many work at a time, for each key; others wait for their turn in the order in which they came. */
export class Lanes {
  /** By key: how many work, and who waits. */
  readonly #busy = new Map<number, { working: number; waiting: (() => void)[] }>();

  constructor(private readonly width: number) {}

  async run<T>(key: number, work: () => Promise<T>): Promise<T> {
    const lane = this.#busy.get(key) ?? { working: 0, waiting: [] };
    this.#busy.set(key, lane);
    if (lane.working < this.width) lane.working += 1;
    else await new Promise<void>((resolve) => lane.waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The place goes to who waits, so that nobody else takes it first.
      const next = lane.waiting.shift();
      if (next) next();
      else lane.working -= 1;
      if (lane.working === 0) this.#busy.delete(key);
    }
  }
}
