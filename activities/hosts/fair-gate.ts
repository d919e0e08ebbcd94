import { unlessAborted } from '../../hosts/ssh/within';

interface Waiting {
  project: number;
  enter(): void;
}

/**
 * The places of a worker for hosts that are under way, shared fairly: a free one goes to the project that has the fewest. The
 * last tenth is kept for projects that have hardly any, so that a small step need not wait until scripts of a large one end.
 */
export class FairGate {
  readonly #inUse = new Map<number, number>();
  readonly #line: Waiting[] = [];
  readonly #reserve: number;
  readonly #few: number;
  #free: number;

  constructor(places: number) {
    this.#free = places;
    this.#reserve = Math.floor(places / 10);
    this.#few = Math.max(1, Math.floor(this.#reserve / 5));
  }

  /** Whether there is a place for a project at once. */
  hasRoom(project: number): boolean {
    return this.#roomOf(project) > 0;
  }

  /**
   * Waits for a place.
   *
   * @param most so many are taken if they are there; each is given back by `leave`
   * @returns how many were taken, one at the least
   * @throws the reason of the signal
   */
  async enter(project: number, most: number, signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    const room = Math.min(most, this.#roomOf(project));
    if (room > 0) {
      this.#take(project, room);
      return room;
    }
    let enter = () => {};
    const entered = new Promise<void>((resolve) => {
      enter = resolve;
    });
    const waiting = { project, enter };
    this.#line.push(waiting);
    try {
      await unlessAborted(entered, signal);
      return 1;
    } catch (error) {
      const at = this.#line.indexOf(waiting);
      if (at >= 0) this.#line.splice(at, 1);
      // It was let in at the very moment.
      else this.leave(project, 1);
      throw error;
    }
  }

  /** Gives places back. */
  leave(project: number, count: number): void {
    this.#take(project, -count);
    for (let next = this.#next(); next; next = this.#next()) {
      this.#line.splice(this.#line.indexOf(next), 1);
      this.#take(next.project, 1);
      next.enter();
    }
  }

  #next(): Waiting | undefined {
    return this.#line
      .filter(({ project }) => this.hasRoom(project))
      .reduce<Waiting | undefined>(
        (best, one) => (best && this.#has(best.project) <= this.#has(one.project) ? best : one),
        undefined,
      );
  }

  #roomOf(project: number): number {
    const beyondReserve = Math.max(0, this.#free - this.#reserve);
    return Math.min(this.#free, Math.max(beyondReserve, this.#few - this.#has(project)));
  }

  #has(project: number): number {
    return this.#inUse.get(project) ?? 0;
  }

  #take(project: number, count: number): void {
    this.#free -= count;
    const has = this.#has(project) + count;
    if (has === 0) this.#inUse.delete(project);
    else this.#inUse.set(project, has);
  }
}
