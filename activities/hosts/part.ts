import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { chunksOf } from '../../db/chunks';
import type { Db } from '../../db/connection';
import { listVariables } from '../../db/host-details';
import { askForHosts } from '../../db/host-locks';
import { claimRuns, type HostRunRecord, listOpenRuns } from '../../db/host-runs';
import type { HostStepRecord } from '../../db/host-steps';
import { Late, within } from '../../hosts/ssh/within';
import { MAX_ROUTES } from '../../inventory/ssh/read-route';
import type { FairGate } from './fair-gate';
import { Overtaken } from './log-writer';
import type { HostAttempt, HostMeans } from './means';
import { type SharedWork, workOnHost } from './one-host';
import type { PreparedScript } from './prepare';
import { Ways } from './ways';

/** A part of which nothing is under way, and that can begin nothing, ends after so long: it is opened again later. */
const IDLE_MS = 10_000;
/** Hosts on which others work are asked for again after so long. */
const ASK_AGAIN_MS = 2_000;

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
  readonly #work: SharedWork;

  constructor(
    private readonly means: HostMeans,
    attempt: HostAttempt,
    private readonly step: HostStepRecord,
    private readonly share: { part: number; of: number },
    script: PreparedScript,
  ) {
    this.#db = means.reach.db;
    const { part, of } = share;
    this.#signal = AbortSignal.any([attempt.signal, this.#giveUp.signal]);
    // Each host that is under way listens.
    setMaxListeners(0, this.#signal);
    const ways = new Ways(means, attempt, step.account);
    this.#work = { means, attempt, step, script, ways, signal: this.#signal };
    this.#atOnce = Math.floor(step.concurrency / of) + (part < step.concurrency % of ? 1 : 0);
  }

  /**
   * Works until nothing of the step is left, or nothing that could be begun for a while.
   *
   * @throws Postgres' faults, and the reason of the attempt's signal, once all hosts are let go of
   */
  async work(): Promise<void> {
    const { parts } = this.means;
    if ((await this.#enter(parts, 1)) === 0) return;
    try {
      await this.#goOnWithOld();
      await this.#beginNew();
    } catch (error) {
      this.#giveUp.abort(error);
      await Promise.all(this.#underway);
      throw this.#signal.reason;
    } finally {
      parts.leave(this.step.project_id, 1);
    }
  }

  /** What this part had begun when its worker was lost is its to go on with. */
  async #goOnWithOld(): Promise<void> {
    const left = await listOpenRuns(this.#db, { stepId: this.step.id, ...this.share });
    for (const some of chunksOf(left, MAX_ROUTES)) {
      const known = await this.#look(some, { haveBegun: true });
      for (const run of some) {
        await this.#untilRoom();
        await this.means.places.enter(this.step.project_id, 1, this.#signal);
        this.#begin(run, { isFresh: false, ...known(run) });
      }
    }
  }

  async #beginNew(): Promise<void> {
    let idleSince = Date.now();
    for (;;) {
      await this.#untilRoom();
      if (this.#underway.size > 0) {
        idleSince = Date.now();
        await delay(TOGETHER_MS);
      }
      const room = this.#atOnce - this.#underway.size;
      const places = await this.#enter(this.means.places, room);
      if (places > 0 && (await this.#claim(places)) > 0) continue;
      const asks = places > 0 && (await this.#ask(room));
      const isIdle = this.#underway.size === 0;
      if (isIdle && (!asks || Date.now() - idleSince >= IDLE_MS)) return;
      if (places > 0) await this.#untilChange(asks);
    }
  }

  /** So many places at the most, and one at the least; 0 when there is none for a while. */
  async #enter(gate: FairGate, most: number): Promise<number> {
    try {
      return await within(IDLE_MS, [this.#signal], (signal) => gate.enter(this.step.project_id, most, signal));
    } catch (error) {
      if (error instanceof Late) return 0;
      throw error;
    }
  }

  async #claim(places: number): Promise<number> {
    const { id: stepId, project_id } = this.step;
    let unused = places;
    try {
      const claimed = await claimRuns(this.#db, { stepId, part: this.share.part, limit: places });
      const known = await this.#look(claimed, { haveBegun: false });
      for (const run of claimed) {
        unused -= 1;
        this.#begin(run, { isFresh: true, ...known(run) });
      }
      return claimed.length;
    } finally {
      if (unused > 0) this.means.places.leave(project_id, unused);
    }
  }

  /** Asks for hosts on which others work; whether there are any that this step waits for. */
  async #ask(most: number): Promise<boolean> {
    const { id: stepId, locks_hosts } = this.step;
    return locks_hosts && (await askForHosts(this.#db, { stepId, limit: most })) > 0;
  }

  async #untilChange(asks: boolean): Promise<void> {
    const over = new AbortController();
    const again = asks ? [delay(ASK_AGAIN_MS, undefined, { signal: over.signal }).catch(() => {})] : [];
    await Promise.race([...this.#underway, ...again]);
    over.abort();
  }

  async #untilRoom(): Promise<void> {
    while (this.#underway.size >= this.#atOnce) await Promise.race(this.#underway);
    this.#signal.throwIfAborted();
  }

  /** What is to be known of runs before they are begun. */
  async #look(runs: readonly HostRunRecord[], { haveBegun }: { haveBegun: boolean }) {
    const hostIds = runs.flatMap(({ host_id }) => host_id ?? []);
    const [ways, variables] = await Promise.all([
      this.#work.ways.find(runs, { haveBegun }),
      listVariables(this.#db, hostIds),
    ]);
    return (run: HostRunRecord) => ({
      way: ways.get(run.id)!,
      variables: new Map(Object.entries(variables.get(run.host_id ?? -1) ?? {})),
    });
  }

  /** Begins what has a place; the place is given back. */
  #begin(run: HostRunRecord, known: Parameters<typeof workOnHost>[1]): void {
    const done = workOnHost(run, known, this.#work)
      .catch((error: unknown) => {
        // Somebody else goes on with it.
        if (!(error instanceof Overtaken)) this.#giveUp.abort(error);
      })
      .finally(() => {
        this.means.places.leave(this.step.project_id, 1);
        this.#underway.delete(done);
      });
    this.#underway.add(done);
  }
}
