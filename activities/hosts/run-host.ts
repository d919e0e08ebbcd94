import type { HostRunRecord } from '../../db/host-runs';
import { planNextTry } from '../../db/host-tries';
import type { OpenedSecrets } from '../../secrets/opened';
import type { EndWriter } from './end-writer';
import type { Ending } from './ending';
import { Follower, type Following } from './follow';
import type { LogWriter } from './log-writer';
import { RunLog } from './run-log';

/** Hosts are tried so often after the first time, and so long after each other. */
export interface Retries {
  most: number;
  waitSeconds: number;
}

/** What is needed to have a script run on a host. */
export interface HostWork extends Omit<Following, 'mask'> {
  logs: LogWriter;
  ends: EndWriter;
  secrets: OpenedSecrets;
  retries: Retries;
}

/**
 * Runs a script on a host, or goes on with one that was begun there, keeps its log, and writes how it ended. Whatever breaks
 * in between, the script runs once.
 *
 * @param row the run, claimed; `isFresh`: by whoever calls, so that nothing was sent before
 * @returns the run when it is to be tried again
 * @throws the reason of the signal; Overtaken when somebody else goes on with it; Postgres' faults
 */
export async function runHost(
  row: HostRunRecord,
  isFresh: boolean,
  work: HostWork,
): Promise<HostRunRecord | undefined> {
  const { db, secrets } = work;
  const log = await RunLog.of(work, row);
  const follower = new Follower(row, isFresh, log, { ...work, mask: (text) => secrets.mask(text) });
  try {
    const given = await follower.untilEnd();
    await log.finish();
    const ending = { ...given, reason: secrets.mask(given.reason) };
    const next = mayTryAgain(row, ending, work.retries)
      ? await planNextTry(db, row, failedTry(row, ending, log, work.retries))
      : void (await work.ends.end(row, ending));
    if (ending.exitCode !== undefined) await follower.forget();
    return next;
  } finally {
    follower.leave();
  }
}

/** Of what is lost nobody knows whether it was done; what is cancelled is not wanted any more. */
function mayTryAgain({ host_try }: HostRunRecord, { status, isLasting }: Ending, { most }: Retries): boolean {
  return host_try <= most && (status === 'failed' || (status === 'unreachable' && !isLasting));
}

function failedTry(
  { host_try }: HostRunRecord,
  { status, exitCode = null, reason, isLogCut = false }: Ending,
  log: RunLog,
  { most, waitSeconds }: Retries,
) {
  const said = `try ${host_try} of ${most + 1}: ${status}, ${reason}`;
  const marker = Buffer.from(`${log.isAtLineStart ? '' : '\n'}--- ${said.replace(/\s+/g, ' ')} ---\n`);
  return { isUnreachable: status === 'unreachable', exitCode, reason: said, isLogCut, marker, waitSeconds };
}
