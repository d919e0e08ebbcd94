import type { Event, State } from '../pipeline/machine';
import type { Program } from '../pipeline/program';
import type { TwinInput } from './contract';

/** Beyond that many events handing over the whole state is no dearer. */
const MAX_EVENTS = 200;

/**
 * What the worker's copy of this machine has not heard yet. The copy runs lines of quick plugins inside one local
 * activity (activities/advance.ts); it is lost with its process, and then gets the whole state again.
 */
export class TwinLog {
  /** Events since the run began. */
  #version = 0;
  /** Those that the copy has not heard; undefined while there is no copy. */
  #events: Event[] | undefined;

  /** Keeps an event for the copy. */
  add(event: Event): void {
    this.#version += 1;
    this.#events?.push(event);
    if (this.#events && this.#events.length > MAX_EVENTS) this.#events = undefined;
  }

  /** What brings the copy up to date: the events that it has not heard, or everything. */
  update(program: Program, state: State): TwinInput {
    if (!this.#events) return { version: this.#version, program, state };
    return { version: this.#version - this.#events.length, events: this.#events };
  }

  /** The copy has heard everything. */
  isCurrent(): void {
    this.#events = [];
  }

  /** There is no copy any more. */
  isLost(): void {
    this.#events = undefined;
  }
}
