import type { Db } from '../../db/connection';
import { readLog } from '../../db/host-logs';
import type { HostRunRecord, RunTry } from '../../db/host-runs';
import type { OpenedSecrets } from '../../secrets/opened';
import type { LogWriter } from './log-writer';
import { VALUE_MARK } from './values';

/** A secret in another form (hex, escapes, entities) is at most so much longer. */
const LONGEST_FORM = 6;
/** A run that has written so much more than is kept waits. */
const MAX_UNKEPT_BYTES = 256 * 1024;
/** What is held back of a log in which a secret may have begun. */
const MAX_HELD_BYTES = 64 * 1024;

/** The log of one run on its way into Postgres: what it shows of secrets is masked, across pieces too. */
export class RunLog {
  /** The log of a run as far as it is kept by now. */
  static async of(
    { db, logs, secrets }: { db: Db; logs: LogWriter; secrets: OpenedSecrets },
    { id, host_try, read_bytes, log_bytes }: Pick<HostRunRecord, 'id' | 'host_try' | 'read_bytes' | 'log_bytes'>,
  ): Promise<RunLog> {
    const from = Math.max(0, Number(log_bytes) - VALUE_MARK.length);
    const end =
      Number(log_bytes) === 0 ? Buffer.alloc(0) : await readLog(db, id, { from, maxBytes: VALUE_MARK.length });
    return new RunLog(logs, secrets, { id, host_try }, { bytes: Number(read_bytes), end });
  }

  #held = Buffer.alloc(0);
  /** How far the log is kept; what is held back lies behind it. */
  #kept: number;
  #unkept = 0;
  /** When the last piece is kept. */
  #last: Promise<unknown> = Promise.resolve();
  #error: unknown;
  /** The last bytes that are kept. */
  #end: Buffer;
  readonly #holds: number;

  /** @param from how far the log on the host is kept already, and the end of what is kept of it */
  private constructor(
    private readonly writer: LogWriter,
    private readonly secrets: OpenedSecrets,
    private readonly run: RunTry,
    from: { bytes: number; end: Buffer },
  ) {
    this.#kept = from.bytes;
    this.#end = from.end;
    this.#holds = Math.min(secrets.longestBytes * LONGEST_FORM, MAX_HELD_BYTES);
  }

  /** How far the log is known, kept or held back. */
  get position(): number {
    return this.#kept + this.#held.length;
  }

  /** Whether what is kept ends with a whole line. */
  get isAtLineStart(): boolean {
    return this.#end.length === 0 || this.#end.at(-1) === 0x0a;
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
    await this.#keep(all, true);
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

  /** Whether values are reported in a piece, whose mark may have begun in the one before. */
  #hasValues(bytes: Buffer): boolean {
    const joined = Buffer.concat([this.#end, bytes]);
    this.#end = joined.subarray(Math.max(0, joined.length - VALUE_MARK.length + 1));
    return joined.includes(VALUE_MARK);
  }

  async #keep(bytes: Buffer, isEnd = false): Promise<void> {
    if (this.#error) throw this.#error;
    if (bytes.length === 0) return;
    const readFrom = this.#kept;
    this.#kept += bytes.length;
    this.#unkept += bytes.length;
    const masked = this.secrets.maskBytes(bytes, isEnd);
    const piece = {
      runId: this.run.id,
      hostTry: this.run.host_try,
      readFrom,
      readTo: this.#kept,
      bytes: masked,
      hasValues: this.#hasValues(masked),
    };
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
