import type { HostRunEnd } from '../../db/host-run-ends';
import type { Run, Seen } from '../../hosts/attach';
import type { RunEnd, RunState } from '../../hosts/run-state';

/** How a run ended on its host, as its row says it. */
export interface Ending {
  status: HostRunEnd;
  exitCode?: number | null;
  reason: string;
  isLogCut?: boolean;
  /** Waiting would not change it. */
  isLasting?: boolean;
  /** Of a lost run: till then its host may still say how it ended. */
  askUntil?: Date;
}

type Limits = Pick<Run, 'timeoutSeconds'>;

/**
 * How a run ended, once all of its log is known; undefined: it goes on.
 *
 * @param log how far it was known before this was seen, and is now: an end without anything new means that somebody has
 *   cleared the rest away
 */
export function endingOf({ state }: Seen, log: { before: number; now: number }, run: Limits): Ending | undefined {
  switch (state.kind) {
    case 'ended':
      if (log.now >= state.logBytes) return endOf(state, run);
      return log.now === log.before ? endOf({ ...state, isCut: true }, run) : undefined;
    case 'cancelled':
      return { status: 'cancelled', reason: 'it was cancelled before it began' };
    case 'lost':
      return { status: 'lost', reason: LOST[state.cause] };
    case 'none':
      return { status: 'lost', reason: 'it had begun, and the host knows nothing of it any more' };
    case 'staged':
    case 'running':
    case 'orphan':
      return undefined;
    default:
      return state satisfies never;
  }
}

const LOST: Record<Extract<RunState, { kind: 'lost' }>['cause'], string> = {
  supervisor: 'it had begun, and its supervisor on the host was killed: nobody knows how it ended',
  reboot: 'it had begun, and the host was restarted: nobody knows how far it came',
};

export function endOf({ code, why, isCut: isLogCut }: RunEnd, { timeoutSeconds }: Limits): Ending {
  if (why === 'cancelled') return { status: 'cancelled', exitCode: code, reason: 'it was cancelled', isLogCut };
  if (why === 'timeout') {
    return { status: 'failed', exitCode: code, reason: `it was ended after ${timeoutSeconds} s`, isLogCut };
  }
  if (code === 0) return { status: 'ok', exitCode: 0, reason: '', isLogCut };
  return { status: 'failed', exitCode: code, reason: `it ended with exit code ${code}`, isLogCut };
}
