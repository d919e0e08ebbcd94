import { setTimeout as delay } from 'node:timers/promises';
import { GantryError } from '../../base/error';
import { chunksOf } from '../../db/chunks';
import type { Db } from '../../db/connection';
import { listVariables } from '../../db/host-details';
import { claimRuns, endRun, type HostRunRecord, listOpenRuns } from '../../db/host-runs';
import type { HostStepRecord } from '../../db/host-steps';
import { MAX_ROUTES, type RouteOrProblem, readRoutes } from '../../inventory/ssh/read-route';
import type { SealedRoute } from '../../inventory/ssh/route';
import { Overtaken } from './log-writer';
import { type HostAttempt, type HostMeans, ROLE_WITHOUT_ACCOUNT } from './means';
import { type OpenedRoute, openRoute } from './open-route';
import type { PreparedScript } from './prepare';
import { problemOf } from './problem';
import { runHost } from './run-host';
import { runIdOf } from './run-id';

/** Runs that end within a moment make room for one claim: what is asked of the hosts of each is several statements. */
const TOGETHER_MS = 25;

/** One of the activities that share a step: it claims hosts that wait, as many at a time as are its share. */
export class Part {
  readonly #db: Db;
  readonly #atOnce: number;
  readonly #underway = new Set<Promise<void>>();
  /** Aborted when something fails that is no host's fault: the others are let go of then. */
  readonly #giveUp = new AbortController();
  readonly #signal: AbortSignal;

  constructor(
    private readonly means: HostMeans,
    private readonly attempt: HostAttempt,
    private readonly step: HostStepRecord,
    private readonly share: { part: number; of: number },
    private readonly script: PreparedScript,
  ) {
    this.#db = means.reach.db;
    const { part, of } = share;
    this.#signal = AbortSignal.any([attempt.signal, this.#giveUp.signal]);
    this.#atOnce = Math.floor(step.concurrency / of) + (part < step.concurrency % of ? 1 : 0);
  }

  /**
   * @throws Postgres' faults, and the reason of the attempt's signal, once all hosts are let go of
   */
  async work(): Promise<void> {
    const { id: stepId } = this.step;
    // What this part had begun when its worker was lost is its to go on with.
    const left = await listOpenRuns(this.#db, { stepId, ...this.share });
    for (const some of chunksOf(left, MAX_ROUTES)) await this.#take(some, false);
    for (;;) {
      await this.#untilRoom();
      if (this.#underway.size > 0) await delay(TOGETHER_MS);
      const limit = this.#atOnce - this.#underway.size;
      const claimed = await claimRuns(this.#db, { stepId, part: this.share.part, limit });
      if (claimed.length === 0 && this.#underway.size === 0) return;
      if (claimed.length > 0) await this.#take(claimed, true);
      else await Promise.race(this.#underway);
    }
  }

  async #untilRoom(): Promise<void> {
    while (this.#underway.size >= this.#atOnce) await Promise.race(this.#underway);
    if (!this.#signal.aborted) return;
    await Promise.all(this.#underway);
    throw this.#signal.reason;
  }

  async #take(runs: readonly HostRunRecord[], areFresh: boolean): Promise<void> {
    const hostIds = runs.flatMap(({ host_id }) => host_id ?? []);
    const [routes, variables] = await Promise.all([this.#routes(hostIds, areFresh), listVariables(this.#db, hostIds)]);
    for (const run of runs) {
      await this.#untilRoom();
      const given = new Map(Object.entries(variables.get(run.host_id ?? -1) ?? {}));
      const done = this.#run(run, areFresh, routes.get(run.host_id ?? -1), given)
        .catch((error: unknown) => {
          // Somebody else goes on with it.
          if (!(error instanceof Overtaken)) this.#giveUp.abort(error);
        })
        .finally(() => this.#underway.delete(done));
      this.#underway.add(done);
    }
  }

  /** Who may not do it any more hears so of each host; what has begun is followed all the same. */
  async #routes(hostIds: readonly number[], areFresh: boolean): Promise<Map<number, RouteOrProblem>> {
    const { projectId } = this.attempt;
    const executor = areFresh ? this.attempt.executor : { ...this.attempt.executor, isTrusted: true };
    try {
      const wanted = { hostIds, account: this.step.account, executor, least: ROLE_WITHOUT_ACCOUNT };
      return await readRoutes(this.#db, { projectId }, wanted);
    } catch (problem) {
      if (!(problem instanceof GantryError)) throw problem;
      return new Map(hostIds.map((id) => [id, { problem }]));
    }
  }

  async #run(
    run: HostRunRecord,
    isFresh: boolean,
    read: RouteOrProblem | undefined,
    variables: ReadonlyMap<string, string>,
  ): Promise<void> {
    if (!read || 'problem' in read) {
      const why = read?.problem.message ?? 'the host is not in the inventory any more';
      const status = isFresh ? 'unreachable' : 'lost';
      await endRun(this.#db, run.id, { status, reason: isFresh ? why : `it may have begun, and then: ${why}` });
      return;
    }
    const opened = this.#opened(run, read.route);
    if ('problem' in opened) {
      await endRun(this.#db, run.id, { status: isFresh ? 'unreachable' : 'lost', reason: opened.problem });
      return;
    }
    const { route, become, runFolder, mask } = opened;
    await runHost(run, isFresh, {
      db: this.#db,
      logs: this.means.logs,
      secrets: this.attempt.secrets,
      target: { transport: this.means.reach.pool.transport(route), become, runFolder },
      run: this.script.run(
        runIdOf(this.means.installation, { ...this.attempt, ordinal: this.step.ordinal }, run),
        variables,
      ),
      signal: this.#signal,
      mask,
    });
  }

  #opened(run: HostRunRecord, sealed: SealedRoute): OpenedRoute | { problem: string } {
    try {
      const opened = openRoute(sealed);
      const { username } = this.attempt.executor;
      this.means.reach.firstKeys.claim(opened.route, { username, appCode: '', source: 'api' });
      return opened;
    } catch (error) {
      return { problem: problemOf(run.host_id ?? 0, error, (text) => text).message };
    }
  }
}
