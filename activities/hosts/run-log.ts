import type { OpenedSecrets } from '../../secrets/opened';
import type { LogWriter } from './log-writer';

/** A secret in another form (hex, escapes, entities) is at most so much longer. */
const LONGEST_FORM = 6;
/** A run that has written so much more than is kept waits. */
const MAX_UNKEPT_BYTES = 256 * 1024;
/** What is held back of a log in which a secret may have begun. */
const MAX_HELD_BYTES = 64 * 1024;

/** The log of one run on its way into Postgres: what it shows of secrets is masked, across pieces too. */
export class RunLog {
  #held = Buffer.alloc(0);
  /** How far the log is kept; what is held back lies behind it. */
  #kept: number;
  #unkept = 0;
  /** When the last piece is kept. */
  #last: Promise<unknown> = Promise.resolve();
  #error: unknown;
  readonly #holds: number;

  /** @param from how far the log on the host is kept already */
  constructor(
    private readonly writer: LogWriter,
    private readonly secrets: OpenedSecrets,
    private readonly runId: string,
    from: number,
  ) {
    this.#kept = from;
    this.#holds = Math.min(secrets.longestBytes * LONGEST_FORM, MAX_HELD_BYTES);
  }

  /** How far the log is known, kept or held back. */
  get position(): number {
    return this.#kept + this.#held.length;
  }

  /**
   * Takes what is new.
   *
   * @throws Overtaken, and Postgres' faults, also of what was taken before
   */
  async append(bytes: Uint8Array): Promise<void> {
    const all = Buffer.concat([this.#held, bytes]);
    const ready = this.secrets.cutBytesAt(all, all.length - this.#heldOf(all));
    this.#held = all.subarray(ready);
    await this.#keep(all.subarray(0, ready));
  }

  /** Keeps all that was held back, and waits until it is there. */
  async finish(): Promise<void> {
    const all = this.#held;
    this.#held = Buffer.alloc(0);
    await this.#keep(all);
    this.writer.hurry();
    await this.#last;
    if (this.#error) throw this.#error;
  }

  /** The end in which a secret may have begun: of a line that is whole none is taken, unless secrets have several lines. */
  #heldOf(all: Buffer): number {
    if (this.#holds === 0) return 0;
    if (this.secrets.haveLines) return Math.min(this.#holds, all.length);
    return Math.min(this.#holds, all.length - (all.lastIndexOf(0x0a) + 1));
  }

  async #keep(bytes: Buffer): Promise<void> {
    if (this.#error) throw this.#error;
    if (bytes.length === 0) return;
    const readFrom = this.#kept;
    this.#kept += bytes.length;
    this.#unkept += bytes.length;
    const piece = { runId: this.runId, readFrom, readTo: this.#kept, bytes: this.secrets.maskBytes(bytes) };
    this.#last = this.writer.add(piece).then(
      () => {
        this.#unkept -= bytes.length;
      },
      // What follows from the first one says less.
      (error: unknown) => {
        this.#error ??= error;
      },
    );
    if (this.#unkept >= MAX_UNKEPT_BYTES) await this.#last;
  }
}
