import { TestEnvironment } from 'jest-environment-node';
import { eventually } from '../eventually';
import { Opened } from './opened';

/** What is closed by a suite's teardown may take a moment until it is. */
const CLOSED_WITHIN_MS = 20_000;

/**
 * The environment of every suite: when the last hook of a suite has run, what the suite has opened must be closed, or
 * the suite fails, naming what is left. Hooks of a setup file would run before those of the suite's own that stand
 * outside all `describe`.
 */
export default class LeakCheckingEnvironment extends TestEnvironment {
  #opened: Opened | undefined;

  override async setup(): Promise<void> {
    await super.setup();
    this.#opened = new Opened(this.global);
  }

  async handleTestEvent({ name }: { name: string }, state: { unhandledErrors: unknown[] }): Promise<void> {
    if (name !== 'run_finish') return;
    await eventually('all that the suite has opened is closed', () => this.#opened!.left(), {
      withinMs: CLOSED_WITHIN_MS,
      isWanted: ({ length }) => length === 0,
    }).catch((error: unknown) => state.unhandledErrors.push(error));
  }

  override async teardown(): Promise<void> {
    this.#opened?.stop();
    await super.teardown();
  }
}
