/** Aborted by Ctrl-C; a second one ends the process as ever. Call `release` when nobody minds any more. */
export function onInterrupt(): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  process.once('SIGINT', abort);
  return { signal: controller.signal, release: () => process.off('SIGINT', abort) };
}

/** As shells have it, of what was ended by Ctrl-C. */
export const INTERRUPTED = 130;
