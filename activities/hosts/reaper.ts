import { setMaxListeners } from 'node:events';
import type { Log } from '../../base/log';
import { Rounds } from '../../base/rounds';
import { cancelWaiting } from '../../db/host-run-ends';
import { listAbandoned, noteTrouble, type SteppedRun } from '../../db/host-runs';
import { listLost, stopAsking } from '../../db/late-runs';
import { endGivenUp } from '../../db/unreached-runs';
import { Gate } from '../../hosts/ssh/gate';
import { noteLate } from '../rollouts/late-end';
import { troubleSince } from './follow';
import { Overtaken } from './log-writer';
import type { HostMeans } from './means';
import { problemOf } from './problem';
import { askLate, endOnHost, forgetOnHost } from './reap';
import { type Way, Ways } from './ways';

const AT_ONCE = 20;
/** Of those that are only asked how they ended: they are not to keep others from being ended. */
const ASKED_AT_ONCE = 5;
const MOST = 500;
/** A host that does not answer is asked again after so long, and then after twice as long each time. */
const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 5 * 60_000;
/** And no more after that. */
const GIVE_UP_AFTER_MS = 24 * 3600_000;

/**
 * Ends work on hosts that nobody waits for any more: its node was stopped, failed by force or timed out, or its task is gone.
 * What decides is the row of the attempt, not who hears of it: so it makes no difference whether a worker was killed, or a
 * host could not be reached at that moment. And asks hosts how those ended that were lost because they could not be reached.
 * Each worker does this; that several do it at once does no harm.
 */
export class Reaper extends Rounds {
  readonly #ending = new Gate(AT_ONCE);
  readonly #asking = new Gate(ASKED_AT_ONCE);
  readonly #stopping = new AbortController();
  /** By run. */
  readonly #underway = new Map<string, Promise<void>>();
  /** When hosts that did not answer are asked again, and since when they do not, by run. */
  readonly #later = new Map<string, { at: number; waitMs: number; since: Date }>();

  constructor(
    private readonly means: HostMeans,
    log: Log,
  ) {
    super(log, 'ending work on hosts that was given up');
    // Each run that is seen to listens.
    setMaxListeners(0, this.#stopping.signal);
  }

  override async stop(): Promise<void> {
    this.#stopping.abort();
    await super.stop();
    await Promise.all(this.#underway.values());
  }

  protected async round(): Promise<void> {
    const { db } = this.means.reach;
    await cancelWaiting(db);
    await endGivenUp(db);
    await stopAsking(db);
    // Left out by Postgres: however many do not answer, they do not take the place of those that do.
    const notYet = [...this.#later].filter(([, { at }]) => Date.now() < at).map(([id]) => id);
    const except = [...notYet, ...this.#underway.keys()];
    const abandoned = await listAbandoned(db, { limit: MOST, except });
    const lost = await listLost(db, { limit: MOST, except });
    // Those that are due and are not among them have ended, or come later than so many others.
    const listed = new Set([...except, ...[...abandoned, ...lost].map(({ id }) => id)]);
    for (const id of this.#later.keys()) if (!listed.has(id)) this.#later.delete(id);
    // Nobody waits for them here: what comes meanwhile is not to wait for hosts that do not answer.
    for (const run of abandoned) this.#begin(run, this.#ending, (way) => this.#end(run, way));
    for (const run of lost) this.#begin(run, this.#asking, (way) => this.#ask(run, way));
  }

  #begin(run: SteppedRun, gate: Gate, work: (way: Way) => Promise<void>): void {
    const { signal } = this.#stopping;
    const done = gate
      .through(signal, async () => work(await this.#wayTo(run)))
      .catch((error: unknown) => {
        if (!signal.aborted) this.log.warn({ run: run.id, error }, 'a run on a host cannot be seen to');
      });
    this.#underway.set(
      run.id,
      done.finally(() => this.#underway.delete(run.id)),
    );
  }

  async #wayTo(run: SteppedRun): Promise<Way> {
    const attempt = { projectId: run.step.projectId, executor: { username: '', isTrusted: true } };
    return (await new Ways(this.means, attempt, run.step.account).find([run], { haveBegun: true })).get(run.id)!;
  }

  async #end(run: SteppedRun, way: Way): Promise<void> {
    const { ends, reach } = this.means;
    if (run.host_id === null) {
      await ends.end(run, { status: 'lost', reason: 'its host is not in the inventory any more' });
      return;
    }
    const said = await this.#answerOf(run, way, (target) => endOnHost(this.means, run, target, this.#stopping.signal));
    if (said === undefined) return;
    if ('answer' in said && said.answer) {
      await ends.end(run, said.answer);
      // Of a lost one script and log stay, for whoever looks.
      if (said.answer.status === 'lost' || 'problem' in way) return;
      await forgetOnHost(this.means, run, way.target, this.#stopping.signal);
      return;
    }
    const message = 'message' in said ? said.message : 'processes of it do not end';
    if (run.givenUpAt && Date.now() - run.givenUpAt.getTime() > GIVE_UP_AFTER_MS) {
      await ends.end(run, { status: 'lost', reason: `it was to be cancelled, and for a day: ${message}` });
      return;
    }
    const { since } = this.#postpone(run);
    await noteTrouble(reach.db, run, troubleSince(since, `it is to be ended, and: ${message}`));
    this.log.info({ run: run.id, message }, 'a run on a host cannot be cancelled yet');
  }

  async #ask(run: SteppedRun, way: Way): Promise<void> {
    const said = await this.#answerOf(run, way, (target) => askLate(this.means, run, target, this.#stopping.signal));
    if (said === undefined) return;
    if ('message' in said || said.answer === undefined) this.#postpone(run);
    else await noteLate(this.means.reach.db, run.id, said.answer ?? undefined);
  }

  /** What a host answers, or what keeps it from that; undefined: it is somebody else's business by now. */
  async #answerOf<T>(
    run: SteppedRun,
    way: Way,
    ask: (target: Extract<Way, { target: unknown }>['target']) => Promise<T>,
  ): Promise<{ answer: T } | { message: string } | undefined> {
    if ('problem' in way) return { message: way.problem };
    try {
      const answer = await ask(way.target);
      if (answer !== undefined) this.#later.delete(run.id);
      return { answer };
    } catch (error) {
      if (this.#stopping.signal.aborted || error instanceof Overtaken) return undefined;
      return problemOf(run.host_id ?? 0, error, way.mask);
    }
  }

  #postpone(run: SteppedRun): { since: Date } {
    const before = this.#later.get(run.id);
    const waitMs = Math.min(before ? 2 * before.waitMs : FIRST_WAIT_MS, LONGEST_WAIT_MS);
    const later = { at: Date.now() + waitMs, waitMs, since: before?.since ?? new Date() };
    this.#later.set(run.id, later);
    return later;
  }
}
