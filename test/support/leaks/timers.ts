import timers from 'node:timers/promises';
import { promisify } from 'node:util';

type Callback = (...args: unknown[]) => void;
type Start = (callback: Callback, ms?: number, ...args: unknown[]) => NodeJS.Timeout;

/** Of a suite's global object. */
export interface TimerGlobals {
  setTimeout: unknown;
  setInterval: unknown;
  clearTimeout: unknown;
  clearInterval: unknown;
}

const FRAMES = 25;

/** An error whose stack says who opens something now. It is written only when somebody reads it, which is what costs. */
export function hereOpened(): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const opened = new Error('opened');
  Error.stackTraceLimit = limit;
  return opened;
}

/** Watches the timers of a suite: of its global functions, and of `node:timers/promises`. */
export class Timers {
  readonly #open = new Map<object, { kind: string; opened: Error }>();
  readonly #delay = timers.setTimeout;

  constructor(globals: TimerGlobals) {
    globals.setTimeout = this.#watchStart('a timeout', globals.setTimeout as Start);
    globals.setInterval = this.#watchStart('an interval', globals.setInterval as Start);
    globals.clearTimeout = this.#watchClear(globals.clearTimeout as Callback);
    globals.clearInterval = this.#watchClear(globals.clearInterval as Callback);
    timers.setTimeout = this.#watchDelay(this.#delay);
  }

  /** The global functions go with their suite. */
  stop(): void {
    timers.setTimeout = this.#delay;
    this.#open.clear();
  }

  /** Those that are to come and keep the process alive. */
  left(): { kind: string; opened: Error }[] {
    return [...this.#open]
      .filter(([timer]) => !('hasRef' in timer) || (timer as NodeJS.Timeout).hasRef())
      .map(([, open]) => open);
  }

  #watchStart(kind: string, start: Start): Start {
    const watched: Start = (callback, ...rest) => {
      const timer = start(
        (...args) => {
          if (kind === 'a timeout') this.#open.delete(timer);
          callback(...args);
        },
        ...rest,
      );
      this.#open.set(timer, { kind: `${kind} of ${rest[0] ?? 0} ms`, opened: hereOpened() });
      return timer;
    };
    const custom = (start as { [promisify.custom]?: unknown })[promisify.custom];
    return Object.assign(watched, { [promisify.custom]: custom });
  }

  #watchClear(clear: Callback): Callback {
    return (timer) => {
      if (typeof timer === 'object' && timer !== null) this.#open.delete(timer);
      clear(timer);
    };
  }

  #watchDelay(delay: typeof timers.setTimeout): typeof timers.setTimeout {
    return (ms, value, options) => {
      const promise = delay(ms, value, options);
      const over = () => this.#open.delete(promise);
      if (options?.ref !== false) this.#open.set(promise, { kind: `a delay of ${ms ?? 0} ms`, opened: hereOpened() });
      promise.then(over, over);
      return promise;
    };
  }
}
