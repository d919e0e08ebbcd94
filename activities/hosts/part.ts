import { chunksOf } from '../../db/chunks';
import type { Db } from '../../db/connection';
import { listVariables } from '../../db/host-details';
import { claimRuns, type HostRunRecord, listOpenRuns } from '../../db/host-runs';
import type { HostStepRecord } from '../../db/host-steps';
import { MAX_ROUTES } from '../../inventory/ssh/read-route';
import { Overtaken } from './log-writer';
import type { HostAttempt, HostMeans } from './means';
import { type SharedWork, workOnHost } from './one-host';
import type { PreparedScript } from './prepare';
import { Ways } from './ways';

/** One of the activities that share a step: it claims hosts that wait, as many at a time as are its share. */
export class Part {
  readonly #db: Db;
  readonly #atOnce: number;
  readonly #underway = new Set<Promise<void>>();
  /** Aborted when something fails that is no host's fault: the others are let go of then. */
  readonly #giveUp = new AbortController();
  readonly #signal: AbortSignal;
  readonly #work: SharedWork;

  constructor(
    means: HostMeans,
    attempt: HostAttempt,
    private readonly step: HostStepRecord,
    private readonly share: { part: number; of: number },
    script: PreparedScript,
  ) {
    this.#db = means.reach.db;
    const { part, of } = share;
    this.#signal = AbortSignal.any([attempt.signal, this.#giveUp.signal]);
    this.#work = {
      means,
      attempt,
      step,
      script,
      ways: new Ways(means, attempt, step.account),
      signal: this.#signal,
    };
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

  async #take(runs: readonly HostRunRecord[], isFresh: boolean): Promise<void> {
    const hostIds = runs.flatMap(({ host_id }) => host_id ?? []);
    const [ways, variables] = await Promise.all([
      this.#work.ways.find(runs, { haveBegun: !isFresh }),
      listVariables(this.#db, hostIds),
    ]);
    for (const run of runs) {
      await this.#untilRoom();
      const given = new Map(Object.entries(variables.get(run.host_id ?? -1) ?? {}));
      const done = workOnHost(run, { isFresh, way: ways.get(run.id)!, variables: given }, this.#work)
        .catch((error: unknown) => {
          // Somebody else goes on with it.
          if (!(error instanceof Overtaken)) this.#giveUp.abort(error);
        })
        .finally(() => this.#underway.delete(done));
      this.#underway.add(done);
    }
  }
}
