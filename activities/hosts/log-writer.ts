import { type Resolvers, withResolvers } from '../../base/with-resolvers';
import type { Db } from '../../db/connection';
import { isDatabasesFault } from '../../db/errors';
import { appendLogs, type LogPiece } from '../../db/host-logs';
import { againWhenLost } from '../../db/transaction';

/** So often what has come meanwhile is written, of all runs of the process in one statement. */
const EVERY_MS = 250;
/** What is hurried is written at once, but so long after the statement before: what comes meanwhile goes with it. */
const GATHER_MS = 25;
/** Of one statement. */
const MAX_BATCH_BYTES = 4 * 1024 * 1024;

/** Somebody else reads this run's log: this one has to let go of it. */
export class Overtaken extends Error {
  override name = 'Overtaken';
}

interface Waiting extends LogPiece {
  done: Resolvers<void>;
}

/** Keeps the logs of all runs of a process: what they write within a moment is one statement. */
export class LogWriter {
  readonly #waiting = new Map<string, Waiting>();
  #timer: NodeJS.Timeout | undefined;
  /** Time of `performance.now()` when the timer is due. */
  #dueAt = 0;
  /** Time of `performance.now()` before which what is hurried waits. */
  #notBefore = 0;
  #writing: Promise<void> | undefined;

  constructor(
    private readonly db: Db,
    private readonly everyMs = EVERY_MS,
  ) {}

  /**
   * Takes a piece of a run's log, which goes on where the one before has ended.
   *
   * @returns when it is kept, a moment later
   * @throws Overtaken; Postgres' faults
   */
  add(piece: LogPiece): Promise<void> {
    const known = this.#waiting.get(piece.runId);
    // Of two in this process who read the same log, as who follows a run and who ends it, one comes second.
    if (known && (known.hostTry !== piece.hostTry || known.readTo !== piece.readFrom)) {
      return Promise.reject(overtaken(piece));
    }
    const waiting: Waiting = known
      ? Object.assign(known, {
          readTo: piece.readTo,
          bytes: Buffer.concat([known.bytes, piece.bytes]),
          hasValues: known.hasValues || piece.hasValues,
        })
      : { ...piece, done: withResolvers<void>() };
    this.#waiting.set(piece.runId, waiting);
    this.#writeWithin(this.everyMs);
    return waiting.done.promise;
  }

  /** Writes soon what there is. */
  hurry(): void {
    this.#writeWithin(Math.max(0, this.#notBefore - performance.now()));
  }

  #writeWithin(ms: number): void {
    const dueAt = performance.now() + ms;
    if (this.#timer && this.#dueAt <= dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => void this.#write(), ms);
  }

  async #write(): Promise<void> {
    this.#timer = undefined;
    this.#notBefore = performance.now() + GATHER_MS;
    // Several may have waited for the same one: pieces of a run that are written at once would overtake each other.
    while (this.#writing) await this.#writing;
    if (this.#waiting.size === 0) return;
    const batch: Waiting[] = [];
    let size = 0;
    for (const waiting of this.#waiting.values()) {
      if (size > 0 && size + waiting.bytes.length > MAX_BATCH_BYTES) break;
      batch.push(waiting);
      size += waiting.bytes.length;
    }
    for (const { runId } of batch) this.#waiting.delete(runId);
    if (this.#waiting.size > 0) this.#writeWithin(0);
    this.#writing = this.#writeBatch(batch).finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  /** Two processes that keep pieces of the same runs may stand in each other's way: who loses tries again. */
  #append(batch: readonly LogPiece[]): Promise<Set<string>> {
    const inOneOrder = [...batch].sort((a, b) => Number(a.runId) - Number(b.runId));
    return againWhenLost(() => appendLogs(this.db, inOneOrder));
  }

  async #writeBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const kept = await this.#append(batch);
      for (const { runId, done } of batch) {
        if (kept.has(runId)) done.resolve();
        else done.reject(overtaken({ runId }));
      }
    } catch (error) {
      // What the server does not take of one run must not keep others' from being kept.
      if (batch.length === 1 || isDatabasesFault(error)) for (const { done } of batch) done.reject(error);
      else for (const waiting of batch) await this.#writeBatch([waiting]);
    }
  }
}

function overtaken({ runId }: Pick<LogPiece, 'runId'>): Overtaken {
  return new Overtaken(`run ${runId} is read by somebody else, or has ended`);
}
