const launchedAtMs = Number(process.env.GANTRY_LAUNCHED_AT_MS) || Date.now() - process.uptime() * 1000;

// A closed terminal must not turn a progress line into a crash that leaves processes behind.
for (const stream of [process.stdout, process.stderr]) {
  if (stream.listenerCount('error') === 0) stream.on('error', () => {});
}

/** Seconds since the user pressed return, for progress lines. */
export function elapsedSeconds(): number {
  return (Date.now() - launchedAtMs) / 1000;
}

/** Prints one short progress line with the elapsed seconds in front. */
export function say(text: string): void {
  process.stdout.write(`[${elapsedSeconds().toFixed(1).padStart(6)}s] ${text}\n`);
}

/** The message of whatever was thrown, without a stack trace. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
