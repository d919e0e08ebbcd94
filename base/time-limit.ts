/** A signal with a time limit; `clear` when what it is for has ended. */
export interface TimeLimit {
  signal: AbortSignal;
  clear(): void;
}

/**
 * A signal that is aborted with any of the given ones, or after so many ms with a `TimeoutError`. The timer holds it: Node 20
 * lets go of an `AbortSignal.timeout` that only `AbortSignal.any` knows of, and then its time never comes.
 */
export function timeLimit(ms: number, ...signals: readonly AbortSignal[]): TimeLimit {
  const controller = new AbortController();
  const abort = (reason: unknown) => {
    clear();
    controller.abort(reason);
  };
  const timer = setTimeout(
    () => abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
    ms,
  );
  timer.unref();
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
