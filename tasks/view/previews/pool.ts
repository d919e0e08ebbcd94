import { join, relative } from 'node:path';
import { Piscina } from 'piscina';
import { GantryError } from '../../../base/error';
import type { JsonObject } from '../../../pipeline/json';
import type { Preview } from './render';

const LIMITS = { deadlineMs: 2_000, maxHeapMb: 128 };
const THREADS = 2;
/** For a thread to start, and for those before to end. */
const WAIT_MS = 10_000;
/** Previews that are rendered or wait for a thread; more are refused rather than kept waiting. */
const MAX_UNDER_WAY = 16;
/** A thread that nobody needs ends after this. */
const IDLE_MS = 60_000;

/** Texts of users are rendered here, never in the thread that serves requests. */
export class PreviewPool {
  #pool: Piscina | undefined;
  #underWay = 0;

  constructor(private readonly limits = LIMITS) {}

  /**
   * Renders the inputs of a node that was not reached.
   *
   * @returns undefined when that takes longer than two seconds, or more memory than a thread has
   * @throws GantryError `unavailable` when too many previews are waiting
   */
  async render(preview: Preview): Promise<JsonObject | undefined> {
    // The pool's own limit counts only some of those that wait.
    if (this.#underWay >= MAX_UNDER_WAY) throw tooMany();
    this.#underWay += 1;
    try {
      const pool = this.#open();
      await waitForThread(pool);
      return await pool.run(preview, { signal: AbortSignal.timeout(this.limits.deadlineMs) });
    } catch (error) {
      if (isTooHeavy(error)) return undefined;
      throw error;
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Ends its threads; the next preview makes new ones. */
  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.destroy();
  }

  #open(): Piscina {
    if (this.#pool) return this.#pool;
    this.#pool = new Piscina({
      filename: compiled(join(__dirname, 'render')),
      // One that was ended is replaced at once: others may be waiting for it.
      minThreads: 1,
      maxThreads: THREADS,
      idleTimeout: IDLE_MS,
      resourceLimits: { maxOldGenerationSizeMb: this.limits.maxHeapMb },
    });
    // Of a thread that had nothing to do: the next preview gets another one.
    this.#pool.on('error', () => {});
    return this.#pool;
  }
}

/** Of this process. Its thread is made with the first preview, and keeps no process from ending. */
export const previews = new PreviewPool();

/** That a thread has to start first, or has others to serve, is not the preview's fault. */
async function waitForThread(pool: Piscina): Promise<void> {
  try {
    await pool.run(null, { signal: AbortSignal.timeout(WAIT_MS) });
  } catch (cause) {
    throw tooMany(cause);
  }
}

function tooMany(cause?: unknown): GantryError {
  return new GantryError('unavailable', 'too many previews are being rendered', { cause });
}

/** A thread runs what the build has made, also of a process (a test's) that runs the sources themselves. */
function compiled(file: string): string {
  if (!__filename.endsWith('.ts')) return `${file}.js`;
  const root = join(__dirname, '..', '..', '..');
  return join(root, 'dist', `${relative(root, file)}.js`);
}

function isTooHeavy(error: unknown): boolean {
  const { name, code } = error as { name?: string; code?: string };
  return name === 'AbortError' || code === 'ERR_WORKER_OUT_OF_MEMORY';
}
