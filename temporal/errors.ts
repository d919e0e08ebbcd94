/** gRPC codes of a server that is away, slow or starting: the same call may work later. */
const UNREACHABLE = new Set([1 /* cancelled */, 4 /* deadline exceeded */, 14 /* unavailable */]);

/** Whether a call failed because the Temporal server could not be reached. */
export function isUnreachable(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown };
    if (typeof code === 'number' && UNREACHABLE.has(code)) return true;
  }
  return false;
}
