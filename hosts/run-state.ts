/** What a host says of a run (docs/hosts.md, "States"). */
export type RunState =
  /** The host knows nothing of it. */
  | { kind: 'none' }
  /** Somebody began to send it, and it has not begun: it may be started. */
  | { kind: 'staged' }
  | { kind: 'running' }
  /** Its supervisor was killed and the script lives: what it writes is kept, how it ends will not be known. */
  | { kind: 'orphan' }
  | RunEnd
  /** Cancelled before it had begun, and it never will. */
  | { kind: 'cancelled' }
  /** It began, and how it ended nobody knows. */
  | { kind: 'lost'; cause: 'supervisor' | 'reboot' };

export interface RunEnd {
  kind: 'ended';
  /** The exit code, 128 and the number of the signal that ended it; null when the supervisor was not there to hear it. */
  code: number | null;
  why: 'exit' | 'timeout' | 'cancelled';
  /** By the clock of the host, in whole seconds. */
  startedAt: Date;
  endedAt: Date;
  /** Whether output is missing: there was more than allowed, or the disk was full. */
  isCut: boolean;
  /** How long the log was when the run ended; what the run left behind may have written on. */
  logBytes: number;
}

const LOST = { 'lost supervisor': 'supervisor', 'lost reboot': 'reboot' } as const;
const WHY = ['exit', 'timeout', 'cancelled'] as const;

/** Reads what follows `S `; undefined where that is no state. */
export function readState(text: string): RunState | undefined {
  if (text === 'none' || text === 'staged' || text === 'running' || text === 'orphan') return { kind: text };
  if (text === 'lost supervisor' || text === 'lost reboot') return { kind: 'lost', cause: LOST[text] };
  return undefined;
}

/**
 * Reads what follows `E `: code, why, started, ended, cut, bytes of the log; undefined where that is no end. One that was
 * cancelled before it began has no time of its end.
 */
export function readEnd(text: string): RunEnd | { kind: 'cancelled' } | undefined {
  const match = /^(-|\d+) (\w+) (\d+) (-|\d+) ([01]) (\d+)$/.exec(text);
  const why = WHY.find((known) => known === match?.[2]);
  if (!match || !why) return undefined;
  const [, code, , startedAt, endedAt, cut, logBytes] = match;
  if (endedAt === '-') return { kind: 'cancelled' };
  return {
    kind: 'ended',
    code: code === '-' ? null : Number(code),
    why,
    startedAt: new Date(Number(startedAt) * 1000),
    endedAt: new Date(Number(endedAt) * 1000),
    isCut: cut === '1',
    logBytes: Number(logBytes),
  };
}
