/** Resolves at the first SIGTERM, SIGINT or SIGHUP. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}

/** Tells the process that started this one that it may send work. */
export function reportReady(): void {
  process.send?.({ ready: true });
}
