import { setTimeout as delay } from 'node:timers/promises';
import type { Db } from '../../db/connection';
import type { HostRunEnd } from '../../db/host-run-ends';
import { type HostRunRecord, noteReached, noteTrouble } from '../../db/host-runs';
import { forget, type Held, poll, type Run, type Seen, start } from '../../hosts/attach';
import { HelperError } from '../../hosts/helper-error';
import { TransportError, type TransportProblem } from '../../hosts/transport';
import { type Ending, endingOf } from './ending';
import { PATIENCE, type Patience } from './patience';
import type { RunLog } from './run-log';
import type { Way } from './ways';

/** One look at a run lasts so long, unless it ends before. */
const FOLLOW_SECONDS = 30;
/**
 * The first one, and the first one after trouble: one that writes nothing is to be known as begun before its host may have
 * forgotten it, and as reached again soon.
 */
const FIRST_LOOK_SECONDS = 1;
/** What is lost though the host may still know it is asked for by the reaper for so long. */
const ASK_FOR_MS = 24 * 3600_000;

/** What waiting does not change: a host that says so is not tried again. */
const LASTING: readonly TransportProblem[] = ['auth', 'host_key', 'host_key_unknown', 'not_allowed'];

/** What is needed to follow a run. */
export interface Following {
  db: Db;
  run: Run;
  /** How its host is reached, or was when this began. */
  way: Way;
  /** How it is reached now. */
  findWay(): Promise<Way>;
  /** Takes secrets out of what is told of the host. */
  mask(text: string): string;
  /** Lets go of the run, which goes on. */
  signal: AbortSignal;
  /** In place of the usual ones. */
  patience?: Patience | undefined;
}

/** Why nothing was heard of a run. */
interface Trouble {
  status: HostRunEnd;
  reason: string;
  mayHaveBegun: boolean;
  isLasting?: boolean;
}

/** Starts a run, or goes on with one that may have begun, until it has ended; its log goes where it is told. */
export class Follower {
  #mayHaveBegun: boolean;
  #isReached: boolean;
  /** The row says that something is wrong. */
  #isTroubled: boolean;
  #since: Date | undefined;
  #giveUpAt = 0;
  #way: Way;
  #held: Held | undefined;

  /** @param isFresh nothing of the run was sent before */
  constructor(
    private readonly row: HostRunRecord,
    isFresh: boolean,
    private readonly log: RunLog,
    private readonly work: Following,
  ) {
    this.#mayHaveBegun = !isFresh;
    this.#isReached = row.status === 'running';
    this.#isTroubled = row.reason !== '';
    this.#way = work.way;
    this.#postpone();
  }

  /** Has the host throw away what it has of a run that has ended; what is left there the next run clears away. */
  async forget(): Promise<void> {
    const { run, signal } = this.work;
    if (await this.#held?.forget()) return;
    if (!('problem' in this.#way)) await forget(this.#way.target, run.id, signal).catch(() => {});
  }

  /** Lets go of a host that waits to hear whether it may forget its run. */
  leave(): void {
    this.#held?.leave();
  }

  /** @throws the reason of the signal; Overtaken when somebody else goes on with it; Postgres' faults */
  async untilEnd(): Promise<Ending> {
    for (let failures = 0; ; ) {
      this.work.signal.throwIfAborted();
      const before = this.log.position;
      const heard = await this.#listen();
      if ('state' in heard) {
        failures = 0;
        const ending = await this.#takeIn(heard, before);
        if (ending) return ending;
        this.leave();
        continue;
      }
      const ending = await this.#bear(heard);
      if (ending) return ending;
      failures += 1;
      await this.#wait(failures);
    }
  }

  async #takeIn(seen: Seen, before: number): Promise<Ending | undefined> {
    const { log, work } = this;
    // Of one that has ended that is said with its end.
    const isNews = !this.#isReached || this.#isTroubled;
    if (isNews && seen.state.kind !== 'ended') await noteReached(work.db, this.row);
    this.#mayHaveBegun = true;
    this.#isReached = true;
    this.#isTroubled = false;
    this.#since = undefined;
    // As long as one can be asked how it is, it is not lost.
    this.#postpone();
    return endingOf(seen, { before, now: log.position }, work.run);
  }

  /** What comes of it that nothing was heard; until it is too late, the row says so. */
  async #bear({ status, reason, mayHaveBegun, isLasting = false }: Trouble): Promise<Ending | undefined> {
    if (!mayHaveBegun && !this.#mayHaveBegun) return { status, reason, isLasting };
    this.#mayHaveBegun = true;
    // Without its host there is nobody to ask.
    if (this.row.host_id === null) return { status: 'lost', reason: `it may have begun, and then: ${reason}` };
    if (Date.now() >= this.#giveUpAt) {
      const askUntil = new Date(Date.now() + ASK_FOR_MS);
      return { status: 'lost', reason: `it has begun, and then: ${reason}`, askUntil };
    }
    this.#since ??= new Date();
    this.#isTroubled = true;
    await noteTrouble(this.work.db, this.row, troubleSince(this.#since, this.work.mask(reason)));
    return undefined;
  }

  /** Where the inventory says something else of the host by now, that is what counts. */
  async #wait(failures: number): Promise<void> {
    const { signal, patience = PATIENCE } = this.work;
    const wait = Math.min(patience.firstWaitMs * 2 ** (failures - 1), patience.longestWaitMs);
    await delay(wait, undefined, { signal }).catch(() => {});
    if (!signal.aborted) this.#way = await this.work.findWay();
  }

  /** What was heard of is not started again: who has cleared everything away on the host would have it run twice. */
  async #listen(): Promise<Seen | Trouble> {
    const way = this.#way;
    if ('problem' in way) return { status: 'unreachable', reason: way.problem, mayHaveBegun: false, isLasting: true };
    const { log } = this;
    const { run, signal } = this.work;
    const seconds = this.#isReached && !this.#isTroubled ? FOLLOW_SECONDS : FIRST_LOOK_SECONDS;
    const onLog = (bytes: Uint8Array) => log.append(bytes);
    const wanted = { offset: log.position, seconds, onLog, holdsEnd: true, signal };
    try {
      const seen = await (this.#isReached ? poll(way.target, run.id, wanted) : start(way.target, run, wanted));
      this.#held = seen.held;
      return seen;
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble) return { ...trouble, reason: way.mask(trouble.reason) };
      throw error;
    }
  }

  #postpone(): void {
    const { run, patience = PATIENCE } = this.work;
    this.#giveUpAt = Date.now() + run.timeoutSeconds * 1000 + patience.lostAfterMs;
  }
}

/** What the row of a run says while something is wrong with it. */
export function troubleSince(since: Date, reason: string): string {
  return `since ${since.toISOString().slice(0, 19)}Z: ${reason}`;
}

/** What an error says of a run; undefined: nothing, it is ours. */
function troubleOf(error: unknown): Trouble | undefined {
  if (error instanceof TransportError) {
    const { problem, message: reason } = error;
    const isLasting = LASTING.includes(problem);
    return { status: 'unreachable', reason, mayHaveBegun: problem === 'lost', isLasting };
  }
  if (error instanceof HelperError) {
    return { status: 'failed', reason: error.message, mayHaveBegun: error.problem === 'no_answer' };
  }
  return undefined;
}
