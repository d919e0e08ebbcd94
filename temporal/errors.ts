/** gRPC codes of a server that is away, slow, starting, or died in the middle of a call: the same call may work later. */
const UNREACHABLE = new Set([
  ...[1 /* cancelled */, 2 /* unknown */, 4 /* deadline exceeded */],
  ...[8 /* resource exhausted */, 13 /* internal */, 14 /* unavailable */, 15 /* data loss */],
]);

/** gRPC codes for a workflow that is between two workflow tasks or two runs: the same call works in a moment. */
const IN_BETWEEN = new Set([9 /* failed precondition */, 10 /* aborted */]);

/** gRPC codes of a call whose time was over before it was answered. */
const OUT_OF_TIME = new Set([1 /* cancelled */, 4 /* deadline exceeded */]);

/** Whether a call failed because the Temporal server could not be reached. */
export function isUnreachable(error: unknown): boolean {
  return hasCode(error, UNREACHABLE);
}

/** Whether a call came at a moment at which the workflow could not take it. */
export function isInBetween(error: unknown): boolean {
  return hasCode(error, IN_BETWEEN);
}

/** Whether a call was given up because its time was over, by whichever side saw that first. */
export function isOutOfTime(error: unknown): boolean {
  return hasCode(error, OUT_OF_TIME);
}

/** By name: classes differ between module registries (Jest), `instanceof` then says no. */
export function isNamed(error: unknown, type: { name: string }): boolean {
  return error instanceof Error && error.name === type.name;
}

function hasCode(error: unknown, codes: Set<number>): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown };
    if (typeof code === 'number' && codes.has(code)) return true;
  }
  return false;
}
