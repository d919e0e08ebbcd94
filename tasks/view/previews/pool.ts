import { join } from 'node:path';
import type { JsonObject } from '../../../pipeline/json';
import { type ThreadLimits, Threads } from '../../../trees/threads';
import type { Preview } from './render';

const LIMITS: ThreadLimits = { threads: 2, deadlineMs: 2_000, maxHeapMb: 128, waitMs: 10_000, maxUnderWay: 16 };

/** Texts of users are rendered here, never in the thread that serves requests. */
export class PreviewPool {
  readonly #threads: Threads<Preview, JsonObject>;

  constructor(limits: Partial<ThreadLimits> = {}) {
    this.#threads = new Threads(
      join(__dirname, 'render'),
      { ...LIMITS, ...limits },
      'too many previews are being rendered',
    );
  }

  /**
   * Renders the inputs of a node that was not reached.
   *
   * @returns undefined when that takes longer than two seconds, or more memory than a thread has
   * @throws GantryError `unavailable` when too many previews are waiting
   */
  render(preview: Preview): Promise<JsonObject | undefined> {
    return this.#threads.run(preview);
  }

  /** Ends its threads; the next preview makes new ones. */
  close(): Promise<void> {
    return this.#threads.close();
  }
}

/** Of this process. */
export const previews = new PreviewPool();
