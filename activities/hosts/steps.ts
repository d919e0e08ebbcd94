import type { Db } from '../../db/connection';
import { endEarlier, findLastHash, findLastRuns } from '../../db/earlier-runs';
import { readLog } from '../../db/host-logs';
import {
  findStep,
  type HostStepRecord,
  insertStep,
  listFailures,
  listReporting,
  noteCrash,
  type StepHost,
  type StepKey,
  tallyRuns,
} from '../../db/host-steps';
import type { HostRunStatus } from '../../db/schema';
import { MAX_ROUTES, readRoutes } from '../../inventory/ssh/read-route';
import { ASKS_WHICH_HOSTS, type HostStep, type Hosts, type HostTally, type HostWait } from '../../plugins/hosts';
import { PluginFailure } from '../../plugins/plugin';
import { chooseHosts, strangersIn, type Target } from './choose';
import { findWait } from './line';
import { type HostAttempt, type HostMeans, ROLE_WITHOUT_ACCOUNT } from './means';
import { Part } from './part';
import { hashOf, plainFailure, prepare } from './prepare';
import { settledRuns } from './settled';
import { findTargets } from './targets';
import { ReportedValues, valuesIn } from './values';

/** So many hosts are worth an activity of their own. */
const HOSTS_A_PART = 50;
const MAX_PARTS = 20;
const MAX_FAILURES_TOLD = 100;
/** Rounds in which parts may crash. */
const MAX_CRASHES = 5;
/** Of the hosts that report values, and of the log of each; and what they come to together. */
const MAX_REPORTING = 1_000;
const MAX_LOG_SEARCHED = 1024 * 1024;
const MAX_VALUES_CHARACTERS = 256 * 1024;

const MAX_NAMED = 10;

/** Those that count as failed: of what was cancelled nobody knows that it was done. */
const FAILED: readonly HostRunStatus[] = ['failed', 'unreachable', 'lost', 'cancelled'];

/** Work on hosts for one attempt of a node; `hosts/` knows how it is done, rows how it stands. */
export class HostSteps implements Hosts {
  readonly #db: Db;
  #hasBegun = false;

  constructor(
    private readonly means: HostMeans,
    private readonly attempt: HostAttempt,
  ) {
    this.#db = means.reach.db;
  }

  /** Whether the attempt is known to have a step: then rows say for which hosts it is. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  async next(
    step: HostStep,
    { round, crashed }: { round: number; crashed: string | undefined },
  ): Promise<{ parts: number } | HostWait | { tally: HostTally }> {
    const key = this.#keyOf(step);
    const row = (await findStep(this.#db, key)) ?? (await this.#begin(step, key));
    this.#hasBegun = true;
    if (crashed !== undefined && (await noteCrash(this.#db, row.id, round)) > MAX_CRASHES)
      throw new PluginFailure(`work on hosts crashed again and again: ${crashed}`);
    const counts = await tallyRuns(this.#db, row.id);
    const { waiting = 0, starting = 0, running = 0 } = counts;
    if (waiting + starting + running === 0) return { tally: await this.#tally(row, counts) };
    const isOver = row.max_failed !== null && row.failed > row.max_failed;
    const isIdle = starting + running === 0 && !isOver;
    const wait = isIdle
      ? await findWait(this.#db, row, { gates: [this.means.places, this.means.parts], waiting })
      : undefined;
    return wait ?? { parts: row.parts };
  }

  async part(step: HostStep, share: { part: number; of: number }): Promise<void> {
    const row = await findStep(this.#db, this.#keyOf(step));
    if (!row) throw new Error('the step is not there');
    await new Part(this.means, this.attempt, row, share, prepare(step)).work();
  }

  #keyOf({ ordinal }: HostStep): StepKey {
    const { taskId, nodeId, loop, retry } = this.attempt;
    return { taskId, nodeId, loop, retry, ordinal };
  }

  async #begin(step: HostStep, key: StepKey): Promise<HostStepRecord> {
    const { projectId, executor, changers } = this.attempt;
    prepare(step);
    const targets = await findTargets(this.#db, projectId, step.targets, executor);
    const first = targets.slice(0, MAX_ROUTES).map(({ id }) => id);
    // Whoever may not use the account, or names one that there is not, hears so before anything is begun.
    const routes = await readRoutes(
      this.#db,
      { projectId },
      {
        hostIds: first,
        account: step.account,
        executor,
        changers,
        least: ROLE_WITHOUT_ACCOUNT,
      },
    );
    for (const read of routes.values()) if ('problem' in read && read.problem.kind === 'forbidden') throw read.problem;
    const workHash = hashOf(step);
    const hosts = await this.#chosen(key, workHash, targets);
    const open = hosts.filter(({ skipped }) => skipped === '').length;
    const { account, timeoutSeconds, concurrency, retries, retryWaitSeconds, locksHosts } = step;
    const maxFailed = mayFailOf(step, hosts.length);
    const parts = Math.max(1, Math.min(MAX_PARTS, concurrency, Math.ceil(open / HOSTS_A_PART)));
    await insertStep(
      this.#db,
      {
        ...key,
        projectId,
        workHash,
        account,
        timeoutSeconds,
        concurrency,
        maxFailed,
        retries,
        retryWaitSeconds,
        locksHosts,
        parts,
      },
      hosts,
    );
    return (await findStep(this.#db, key))!;
  }

  /** The hosts with what becomes of each, by the earlier attempts and by what was asked for. */
  async #chosen(key: StepKey, workHash: string, targets: readonly Target[]): Promise<StepHost[]> {
    const { choice, signal } = this.attempt;
    // Only an operator's retry brings something else: the first attempt of a task that goes on with another one renders anew.
    const lastHash = choice === undefined && key.retry > 0 ? await findLastHash(this.#db, key) : undefined;
    if (lastHash !== undefined && lastHash !== workHash) throw plainFailure(ASKS_WHICH_HOSTS);
    const strangers = strangersIn(choice ?? 'unfinished', targets);
    if (strangers.length > 0) {
      const some = strangers.slice(0, MAX_NAMED).join(', ');
      throw plainFailure(`hosts that the retry names are not among the hosts of the node: ${some}`);
    }
    await endEarlier(this.#db, key);
    const last = await settledRuns(() => findLastRuns(this.#db, key), signal);
    return chooseHosts({ targets, last, choice: choice ?? 'unfinished' });
  }

  async #reported(stepId: number): Promise<ReportedValues> {
    const reported = new ReportedValues(MAX_VALUES_CHARACTERS);
    for (const runId of await listReporting(this.#db, stepId, MAX_REPORTING)) {
      const log = await readLog(this.#db, runId, { from: 0, maxBytes: MAX_LOG_SEARCHED });
      reported.add(valuesIn(log.toString()));
    }
    return reported;
  }

  async #tally({ id, max_failed }: HostStepRecord, counts: Partial<Record<HostRunStatus, number>>): Promise<HostTally> {
    const [failures, reported] = await Promise.all([listFailures(this.#db, id, MAX_FAILURES_TOLD), this.#reported(id)]);
    return {
      total: Object.values(counts).reduce((sum, count) => sum + count, 0),
      counts,
      failed: FAILED.reduce((sum, status) => sum + (counts[status] ?? 0), 0),
      mayFail: max_failed ?? 0,
      values: reported.values,
      conflicts: reported.conflicts,
      failures: failures.map(({ host_id, ...run }) => ({ id: host_id, ...run })),
    };
  }
}

function mayFailOf({ maxFailed }: HostStep, hosts: number): number | null {
  return typeof maxFailed === 'object' && maxFailed ? Math.floor((hosts * maxFailed.percent) / 100) : maxFailed;
}
