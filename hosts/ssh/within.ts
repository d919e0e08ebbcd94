import { timeLimit } from '../../base/time-limit';

/** Reason of a signal that came because the time was over. */
export class Late {
  constructor(readonly ms: number) {}

  /** As messages have it: `10 s`. */
  get time(): string {
    return this.ms >= 1000 ? `${Number((this.ms / 1000).toFixed(1))} s` : `${this.ms} ms`;
  }
}

/**
 * Does what has to be done in a time. The work hears by its signal that the time is over (the reason is a `Late`) or that
 * one of `others` was aborted (the reason is that one's), and has to end then.
 */
export async function within<T>(
  ms: number,
  others: readonly (AbortSignal | undefined)[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signals = others.filter((signal) => signal !== undefined);
  for (const signal of signals) signal.throwIfAborted();
  const limit = timeLimit(ms, signals, () => new Late(ms));
  try {
    return await work(limit.signal);
  } finally {
    limit.clear();
  }
}

/** What something comes to, or the reason of a signal when that is aborted before; the work itself goes on then. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  let stop: (() => void) | undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}

/** Waits; an abort of one of the signals ends that with its reason. */
export async function pause(ms: number, ...signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await signals.reduce((work, signal) => unlessAborted(work, signal), passed);
  } finally {
    clearTimeout(timer);
  }
}

/** How long to wait before another try: twice as long each time, and never as long as others do. */
export function backoffMs(firstMs: number, tries: number): number {
  return firstMs * 2 ** (tries - 1) * (0.5 + Math.random());
}
