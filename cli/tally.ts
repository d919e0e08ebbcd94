/** What is wrong with a case, or undefined when it passes. */
export type Complaint = string | undefined;

/** Counts cases and prints those that fail. */
export class Tally {
  #passed = 0;
  #failed = 0;

  /**
   * Judges one case; an error of the check itself counts as a failure.
   *
   * @param name kind and name, as they are printed
   */
  async add(name: string, check: () => Complaint | Promise<Complaint>): Promise<void> {
    let complaint: Complaint;
    try {
      complaint = await check();
    } catch (error) {
      complaint = `cannot be run: ${(error as Error).message}`;
    }
    if (complaint === undefined) this.#passed += 1;
    else {
      this.#failed += 1;
      process.stdout.write(`FAILED ${name}: ${complaint.replaceAll('\n', ' ')}\n`);
    }
  }

  /** The exit code. The last line comes when the stack is down, so that it is the last. */
  close(): number {
    process.once('exit', () => process.stdout.write(`${this.#passed} passed, ${this.#failed} failed\n`));
    return this.#failed === 0 ? 0 : 1;
  }
}
