/** A signal with a time limit; `clear` when what it is for has ended. */
export interface TimeLimit {
  signal: AbortSignal;
  clear(): void;
}

/** What signals of the platform say whose time is over. */
const timedOut = () => new DOMException('The operation was aborted due to timeout', 'TimeoutError');

/**
 * A signal that is aborted with any of the given ones, for its reason, or after so many ms. The timer holds it: Node 20 lets
 * go of an `AbortSignal.timeout` that only `AbortSignal.any` knows of, and then its time never comes.
 *
 * @param late the reason when the time is over
 */
export function timeLimit(ms: number, signals: readonly AbortSignal[] = [], late: () => unknown = timedOut): TimeLimit {
  const controller = new AbortController();
  const abort = (reason: unknown) => {
    clear();
    controller.abort(reason);
  };
  const timer = setTimeout(() => abort(late()), ms);
  const heard = signals.map((signal) => ({ signal, hear: () => abort(signal.reason) }));
  function clear(): void {
    clearTimeout(timer);
    for (const { signal, hear } of heard) signal.removeEventListener('abort', hear);
  }
  for (const { signal, hear } of heard) {
    if (signal.aborted) hear();
    else signal.addEventListener('abort', hear, { once: true });
  }
  return { signal: controller.signal, clear };
}
