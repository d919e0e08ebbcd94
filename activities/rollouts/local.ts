import type { Db } from '../../db/connection';
import type { HostStepRecord } from '../../db/host-steps';
import { beginUnreached, endUnreached, listUnreached } from '../../db/unreached-runs';
import type { HostWait } from '../../plugins/hosts';
import type { StepFacts } from './step-facts';

/** Seconds that `sleep` waits at most. */
const MAX_SLEEP_SECONDS = 7 * 24 * 3600;

/** What a step that reaches no host does, when its time has come. */
interface LocalStep {
  /** How long that takes. */
  seconds(values: Readonly<Record<string, unknown>>): number;
  /** What is said of it in the log of each host. */
  log(values: Readonly<Record<string, unknown>>): string;
}

const LOCAL: Readonly<Record<string, LocalStep>> = {
  sleep: { seconds: secondsOf, log: (values) => `slept ${secondsOf(values)} s\n` },
  echo_step: { seconds: () => 0, log: ({ name = '' }) => `${String(name)}\n` },
};

export function isLocal(name: string): boolean {
  return Object.hasOwn(LOCAL, name);
}

/**
 * Does a step that reaches no host: its hosts have rows all the same.
 *
 * @returns until when there is nothing to do; undefined: it is done
 */
export async function doLocally(db: Db, { step }: StepFacts, row: HostStepRecord): Promise<HostWait | undefined> {
  const local = LOCAL[step.name]!;
  await beginUnreached(db, row.id);
  const due = row.created_at.getTime() + local.seconds(step.values) * 1000;
  const at = Math.min(due, row.deadline?.getTime() ?? due);
  const runs = await listUnreached(db, row.id);
  if (runs.length === 0) return undefined;
  if (Date.now() < at)
    return { wait: 'until', at, waitingFor: `step ${step.name}, until ${new Date(at).toISOString()}` };
  const ids = runs.map(({ id }) => id);
  if (at < due) await endUnreached(db, ids, { status: 'failed', reason: 'the time of its batch was over', log: '' });
  else await endUnreached(db, ids, { status: 'ok', reason: '', log: local.log(step.values) });
  return undefined;
}

function secondsOf({ time }: Readonly<Record<string, unknown>>): number {
  const seconds = Number(time);
  return Number.isFinite(seconds) ? Math.min(Math.max(0, seconds), MAX_SLEEP_SECONDS) : 0;
}
