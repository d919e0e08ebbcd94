import { setTimeout as delay } from 'node:timers/promises';
import type { HostRunRecord } from '../../db/host-runs';
import type { HostStepRecord } from '../../db/host-steps';
import { beginTry } from '../../db/host-tries';
import { PluginFailure } from '../../plugins/plugin';
import type { HostAttempt, HostMeans } from './means';
import type { PreparedScript } from './prepare';
import { runHost } from './run-host';
import { runIdOf } from './run-id';
import type { Way, Ways } from './ways';

/** What the hosts of a part have in common. */
export interface SharedWork {
  means: HostMeans;
  attempt: HostAttempt;
  step: HostStepRecord;
  script: PreparedScript;
  ways: Ways;
  /** Lets go of the host, on which all goes on. */
  signal: AbortSignal;
}

/** What is known of one host when work on it begins. */
interface Known {
  /** Nothing was sent to it before. */
  isFresh: boolean;
  way: Way;
  variables: ReadonlyMap<string, string>;
}

/**
 * Works on a claimed host until its run has ended, with as many tries as its step allows.
 *
 * @throws as runHost
 */
export async function workOnHost(claimed: HostRunRecord, given: Known, work: SharedWork): Promise<void> {
  let run: HostRunRecord | undefined = claimed;
  let { isFresh, way } = given;
  while (run) {
    if (run.try_at) {
      run = await nextTry(run, work);
      if (!run) return;
      isFresh = true;
      way = await findWay(run, work, false);
    }
    const current: HostRunRecord = run;
    try {
      run = await runOnce(current, { ...given, isFresh, way }, work);
    } catch (error) {
      // What the host's own variables make impossible is its failure, and nobody else's.
      if (!(error instanceof PluginFailure)) throw error;
      await work.means.ends.end(current, { status: isFresh ? 'failed' : 'lost', reason: error.message });
      return;
    }
  }
}

/** Waits for the time of a planned try; undefined: it is not wanted any more, or somebody else does it. */
async function nextTry(run: HostRunRecord, { means, step, signal }: SharedWork): Promise<HostRunRecord | undefined> {
  // The time is that of Postgres' clock, from which ours may differ.
  const wait = Math.min(run.try_at!.getTime() - Date.now(), step.retry_wait_seconds * 1000);
  await delay(Math.max(0, wait), undefined, { signal }).catch(() => signal.throwIfAborted());
  return beginTry(means.reach.db, run);
}

function runOnce(
  run: HostRunRecord,
  { isFresh, way, variables }: Known,
  work: SharedWork,
): Promise<HostRunRecord | undefined> {
  const { means, attempt, step, script, signal } = work;
  return runHost(run, isFresh, {
    db: means.reach.db,
    logs: means.logs,
    ends: means.ends,
    secrets: attempt.secrets,
    way,
    findWay: () => findWay(run, work, true),
    run: script.run(runIdOf(means.installation, { ...attempt, ordinal: step.ordinal }, run), {
      variables,
      keptBytes: Number(run.log_bytes),
    }),
    retries: { most: step.retries, waitSeconds: step.retry_wait_seconds },
    signal,
    patience: means.patience,
  });
}

async function findWay(run: HostRunRecord, { ways }: SharedWork, haveBegun: boolean): Promise<Way> {
  return (await ways.find([run], { haveBegun })).get(run.id)!;
}
