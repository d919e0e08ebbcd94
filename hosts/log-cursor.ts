/** How far a log has been read: what comes twice is dropped, and nothing may be left out. */
export class LogCursor {
  #position: number;

  /** @param position bytes of the log that are known already */
  constructor(position: number) {
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  /**
   * Takes bytes that begin at `from`.
   *
   * @returns those that are new; empty when none is
   */
  take(from: number, bytes: Uint8Array): Uint8Array {
    const known = this.#position - from;
    if (known < 0) throw new Error(`the log is known up to byte ${this.#position}, and what came begins at ${from}`);
    if (known >= bytes.length) return new Uint8Array(0);
    const fresh = bytes.subarray(known);
    this.#position += fresh.length;
    return fresh;
  }
}
