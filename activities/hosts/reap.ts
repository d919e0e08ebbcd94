import type { SteppedRun } from '../../db/host-runs';
import type { LateEnd } from '../../db/late-runs';
import { cancel, forget, poll, type Target } from '../../hosts/attach';
import type { Json } from '../../pipeline/json';
import { OpenedSecrets } from '../../secrets/opened';
import { type Ending, endingOf, endOf } from './ending';
import type { HostMeans } from './means';
import { runIdOf } from './run-id';
import { RunLog } from './run-log';

/** Between TERM and KILL. */
const GRACE_SECONDS = 5;

/**
 * Ends a run on its host, and keeps what it has written until then.
 *
 * @returns how it ended; undefined: it has not yet
 */
export async function endOnHost(
  means: HostMeans,
  run: SteppedRun,
  target: Target,
  signal: AbortSignal,
): Promise<Ending | undefined> {
  const log = await logOf(means, run);
  const before = log.position;
  const follow = { offset: before, onLog: (bytes: Uint8Array) => log.append(bytes), signal };
  const { left, ...seen } = await cancel(target, idOf(means, run), GRACE_SECONDS, follow);
  await log.finish();
  const ending = endingOf(seen, { before, now: log.position }, run.step);
  if (!ending || left.length === 0) return ending;
  const others = `processes ${left.join(', ')} could not be ended: they are another user's`;
  return { ...ending, reason: `${ending.reason}; ${others}` };
}

/** Has a host delete what it keeps of a run whose end is written: the script may hold a secret. What it does not do stays. */
export async function forgetOnHost(
  means: HostMeans,
  run: SteppedRun,
  target: Target,
  signal: AbortSignal,
): Promise<void> {
  await forget(target, idOf(means, run), signal).catch(() => {});
}

/**
 * Asks the host of a run that was lost how it ended, and keeps what it has written.
 *
 * @returns undefined: it goes on; null: its host does not know that either
 */
export async function askLate(
  means: HostMeans,
  run: SteppedRun,
  target: Target,
  signal: AbortSignal,
): Promise<LateEnd | null | undefined> {
  const log = await logOf(means, run);
  const id = idOf(means, run);
  const onLog = (bytes: Uint8Array) => log.append(bytes);
  const { state } = await poll(target, id, { offset: log.position, seconds: 0, onLog, signal });
  await log.finish();
  switch (state.kind) {
    case 'ended': {
      const { status, exitCode = null } = endOf(state, run.step);
      await forget(target, id, signal).catch(() => {});
      return { status, exitCode };
    }
    case 'cancelled':
      return { status: 'cancelled', exitCode: null };
    case 'staged':
      return { status: 'not_run', exitCode: null };
    case 'lost':
    case 'none':
      return null;
    case 'running':
    case 'orphan':
      return undefined;
    default:
      return state satisfies never;
  }
}

async function logOf({ reach: { db }, logs }: HostMeans, run: SteppedRun): Promise<RunLog> {
  const secrets = new OpenedSecrets({ place: run.step.projectId });
  secrets.open(run.inputs as Json);
  return RunLog.of({ db, logs, secrets }, run);
}

function idOf({ installation }: HostMeans, run: SteppedRun): string {
  return runIdOf(installation, run.step, run);
}
