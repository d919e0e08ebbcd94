import type { LastRun } from '../../db/earlier-runs';
import type { StepHost } from '../../db/host-steps';
import type { HostRunStatus } from '../../db/schema';
import type { HostChoice } from '../../pipeline/machine';

/** A host of the list as it is rendered now. */
export interface Target {
  id: number;
  address: string;
  name: string;
  isDisabled: boolean;
}

/** What it goes by which hosts of a step are run. */
export interface Choosing {
  targets: readonly Target[];
  /** How the hosts stand by earlier attempts. */
  last: ReadonlyMap<number, LastRun>;
  choice: HostChoice;
}

/** Of these nobody knows that the script has not run there, or does not run there now. */
const MAY_HAVE_RUN: readonly HostRunStatus[] = ['lost', 'starting', 'running'];

/**
 * Which hosts an attempt runs, and what becomes of the others: each keeps the result that it has, and counts as that. What has
 * never begun counts as not run.
 */
export function chooseHosts({ targets, last, choice }: Choosing): (StepHost & { id: number })[] {
  const named = new Set(Array.isArray(choice) ? choice : []);
  const isAsked = (id: number) => {
    const run = last.get(id);
    if (choice === 'all' || named.has(id)) return true;
    if (choice !== 'unfinished') return false;
    return !run || !(run.status === 'ok' || MAY_HAVE_RUN.includes(run.status));
  };
  return targets.map((target) => {
    const { id, address, name, isDisabled } = target;
    const host = { id, address, name };
    if (!isAsked(id)) return { ...host, ...kept(id, last.get(id), choice) };
    return { ...host, fromRun: null, skipped: isDisabled ? 'it is in maintenance' : '' };
  });
}

/** Ids that a choice names and that are not among the hosts. */
export function strangersIn(choice: HostChoice, targets: readonly Target[]): number[] {
  if (!Array.isArray(choice)) return [];
  const known = new Set(targets.map(({ id }) => id));
  return choice.filter((id) => !known.has(id));
}

type Kept = Pick<StepHost, 'fromRun' | 'skipped' | 'keeps' | 'exitCode'>;

function kept(id: number, run: LastRun | undefined, choice: HostChoice): Kept {
  if (run?.status === 'ok') return { fromRun: run.runId, skipped: 'it was done before' };
  if (!run || run.status === 'not_run' || run.status === 'waiting') {
    return { fromRun: null, skipped: 'this attempt is for other hosts', keeps: 'not_run' };
  }
  const { runId: fromRun, exitCode, reason } = run;
  if (!MAY_HAVE_RUN.includes(run.status)) {
    return { fromRun, skipped: `${reason}; this attempt is for other hosts`, keeps: run.status, exitCode };
  }
  const why = choice === 'unfinished' ? 'the script may have run there' : 'this attempt is for other hosts';
  const toRun = `to run it there, retry with hosts [${id}] or "all"`;
  return { fromRun, skipped: `${run.status === 'lost' ? reason : STILL}; ${why}: ${toRun}`, keeps: 'lost', exitCode };
}

const STILL = 'it was under way when its attempt was given up, and has not been ended yet';
