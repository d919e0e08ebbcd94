import { join, relative } from 'node:path';
import { Piscina } from 'piscina';
import { GantryError } from '../base/error';

export interface ThreadLimits {
  threads: number;
  /** For one piece of work, once a thread has it. */
  deadlineMs: number;
  maxHeapMb: number;
  /** For a thread to be free. */
  waitMs: number;
  /** Pieces of work that are done or wait; more are refused rather than kept waiting. */
  maxUnderWay: number;
}

/** A thread that nobody needs ends after this. */
const IDLE_MS = 60_000;

/**
 * What users send and may take long is worked on here, never in the thread that serves requests. Its threads are made with
 * the first piece of work, and keep no process from ending.
 */
export class Threads<Work, Result> {
  #pool: Piscina | undefined;
  #underWay = 0;

  /**
   * @param file without its ending; its default export does the work, and nothing when it is given null
   * @param what is said when there is too much of it
   */
  constructor(
    private readonly file: string,
    private readonly limits: ThreadLimits,
    private readonly what: string,
  ) {}

  /**
   * @returns undefined when the work takes longer than it may, or more memory than a thread has
   * @throws GantryError `unavailable` when too much is waiting
   */
  async run(work: Work): Promise<Result | undefined> {
    // The pool's own limit counts only some of those that wait.
    if (this.#underWay >= this.limits.maxUnderWay) throw this.#tooMuch();
    this.#underWay += 1;
    try {
      const pool = this.#open();
      await this.#waitForThread(pool);
      return await pool.run(work, { signal: AbortSignal.timeout(this.limits.deadlineMs) });
    } catch (error) {
      if (isTooHeavy(error)) return undefined;
      throw error;
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Ends the threads; the next piece of work makes new ones. */
  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.destroy();
  }

  #open(): Piscina {
    if (this.#pool) return this.#pool;
    this.#pool = new Piscina({
      filename: compiled(this.file),
      // One that was ended is replaced at once: others may be waiting for it.
      minThreads: 1,
      maxThreads: this.limits.threads,
      idleTimeout: IDLE_MS,
      resourceLimits: { maxOldGenerationSizeMb: this.limits.maxHeapMb },
    });
    // Of a thread that had nothing to do: the next piece of work gets another one.
    this.#pool.on('error', () => {});
    return this.#pool;
  }

  /** That a thread has to start first, or has others to serve, is not the fault of this piece of work. */
  async #waitForThread(pool: Piscina): Promise<void> {
    try {
      await pool.run(null, { signal: AbortSignal.timeout(this.limits.waitMs) });
    } catch (cause) {
      throw this.#tooMuch(cause);
    }
  }

  #tooMuch(cause?: unknown): GantryError {
    return new GantryError('unavailable', this.what, { cause });
  }
}

/** A thread runs what the build has made, also of a process (a test's) that runs the sources themselves. */
function compiled(file: string): string {
  if (!__filename.endsWith('.ts')) return `${file}.js`;
  const root = join(__dirname, '..');
  return join(root, 'dist', `${relative(root, file)}.js`);
}

function isTooHeavy(error: unknown): boolean {
  const { name, code } = error as { name?: string; code?: string };
  return name === 'AbortError' || code === 'ERR_WORKER_OUT_OF_MEMORY';
}
