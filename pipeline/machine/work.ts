/**
 * Units of work (of rendering) after which a step stops, and after which a turn of several steps is over. With the node that
 * goes beyond either of them that is still less than a quarter of a second.
 */
export const MAX_STEP_WORK = 2_500_000;

/** What the steps of one turn have cost, for whoever has to let others have theirs. */
export class Work {
  #spent = 0;

  /** No further event is taken in this turn. */
  get isSpent(): boolean {
    return this.#spent >= MAX_STEP_WORK;
  }

  get spent(): number {
    return this.#spent;
  }

  add(units: number): void {
    this.#spent += units;
  }

  /** Others have had their turn. */
  reset(): void {
    this.#spent = 0;
  }
}
