import { setTimeout as delay } from 'node:timers/promises';
import type { Db } from '../../db/connection';
import { endRun, type HostRunEnd, type HostRunRecord, noteReached } from '../../db/host-runs';
import { forget, HelperError, poll, type Run, type Seen, start, type Target } from '../../hosts/attach';
import { TransportError } from '../../hosts/transport';
import type { OpenedSecrets } from '../../secrets/opened';
import { type Ending, endingOf, endOf } from './ending';
import type { LogWriter } from './log-writer';
import { RunLog } from './run-log';

/** One look at a run lasts so long, unless it ends before. */
const FOLLOW_SECONDS = 30;
/** The first one: one that writes nothing is to be known as begun before its host may have forgotten it. */
const FIRST_LOOK_SECONDS = 1;
/** A host on which a run has begun is asked again for so long after the run must have ended there. */
const LOST_AFTER_MS = 5 * 60_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/** What is needed to have a script run on a host. */
export interface HostWork {
  db: Db;
  logs: LogWriter;
  secrets: OpenedSecrets;
  target: Target;
  run: Run;
  /** Lets go of the run, which goes on. */
  signal: AbortSignal;
  /** Takes logins out of what is told of a host. */
  mask(text: string): string;
  /** In place of the usual ones. */
  patience?: { lostAfterMs: number; waitMs: number };
}

/**
 * Runs a script on a host, or goes on with one that was begun there, keeps its log, and writes how it ended. Whatever breaks
 * in between, the script runs once.
 *
 * @param row the run, claimed; `isFresh`: by whoever calls, so that nothing was sent before
 * @throws the reason of the signal; Overtaken when somebody else goes on with it; Postgres' faults
 */
export async function runHost(row: HostRunRecord, isFresh: boolean, work: HostWork): Promise<void> {
  const log = await RunLog.of(work, row);
  const ending = await follow(row, isFresh, log, work);
  await log.finish();
  await endRun(work.db, row.id, { ...ending, reason: work.mask(work.secrets.mask(ending.reason)) });
  // What is left on the host is cleared away by the next run there, where this does not come through.
  if (ending.exitCode !== undefined) await forget(work.target, work.run.id, work.signal).catch(() => {});
}

async function follow(row: HostRunRecord, isFresh: boolean, log: RunLog, work: HostWork): Promise<Ending> {
  const { lostAfterMs, waitMs } = { lostAfterMs: LOST_AFTER_MS, waitMs: FIRST_WAIT_MS, ...work.patience };
  let mayHaveBegun = !isFresh;
  let isReached = row.status === 'running';
  let giveUpAt = Date.now() + work.run.timeoutSeconds * 1000 + lostAfterMs;
  for (let failures = 0; ; ) {
    work.signal.throwIfAborted();
    try {
      const before = log.position;
      const seen = await look(log, isReached, work);
      failures = 0;
      mayHaveBegun = true;
      if (!isReached) await noteReached(work.db, row.id);
      isReached = true;
      // As long as one can be asked how it is, it is not lost.
      giveUpAt = Date.now() + work.run.timeoutSeconds * 1000 + lostAfterMs;
      const ending = endingOf(seen, log.position, work.run);
      if (ending) return ending;
      // Somebody has cleared the rest of its log away.
      if (seen.state.kind === 'ended' && log.position === before)
        return endOf({ ...seen.state, isCut: true }, work.run);
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      if (!problem.mayHaveBegun && !mayHaveBegun) return { status: problem.status, reason: problem.reason };
      mayHaveBegun = true;
      if (Date.now() >= giveUpAt) return { status: 'lost', reason: `it has begun, and then: ${problem.reason}` };
      failures += 1;
      const wait = Math.min(waitMs * 2 ** (failures - 1), LONGEST_WAIT_MS);
      await delay(wait, undefined, { signal: work.signal }).catch(() => {});
    }
  }
}

/** What was heard of is not started again: who has cleared everything away on the host would have it run twice. */
function look(log: RunLog, isReached: boolean, { target, run, signal }: HostWork): Promise<Seen> {
  const wanted = {
    offset: log.position,
    seconds: isReached ? FOLLOW_SECONDS : FIRST_LOOK_SECONDS,
    onLog: (bytes: Uint8Array) => log.append(bytes),
    signal,
  };
  return isReached ? poll(target, run.id, wanted) : start(target, run, wanted);
}

/** What an error says of a run; undefined: nothing, it is ours. */
function problemOf(error: unknown): { status: HostRunEnd; reason: string; mayHaveBegun: boolean } | undefined {
  if (error instanceof TransportError) {
    return { status: 'unreachable', reason: error.message, mayHaveBegun: error.problem === 'lost' };
  }
  if (error instanceof HelperError) {
    return { status: 'failed', reason: error.message, mayHaveBegun: error.problem === 'no_answer' };
  }
  return undefined;
}
