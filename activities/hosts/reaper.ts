import type { Log } from '../../base/log';
import { Rounds } from '../../base/rounds';
import { type AbandonedRun, cancelWaiting, endRun, listAbandoned } from '../../db/host-runs';
import { cancel } from '../../hosts/attach';
import { Gate } from '../../hosts/ssh/gate';
import { readRoutes } from '../../inventory/ssh/read-route';
import type { Json } from '../../pipeline/json';
import { OpenedSecrets } from '../../secrets/opened';
import { type Ending, endingOf } from './ending';
import { Overtaken } from './log-writer';
import type { HostMeans } from './means';
import { openRoute } from './open-route';
import { problemOf } from './problem';
import { runIdOf } from './run-id';
import { RunLog } from './run-log';

const AT_ONCE = 20;
const MOST = 500;
/** Between TERM and KILL. */
const GRACE_SECONDS = 5;
/** A host that does not answer is asked again after so long, and then after twice as long each time. */
const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 5 * 60_000;
/** And no more after that. */
const GIVE_UP_AFTER_MS = 24 * 3600_000;

/**
 * Ends work on hosts that nobody waits for any more: its node was stopped, failed by force or timed out, or its task is gone.
 * What decides is the row of the attempt, not who hears of it: so it makes no difference whether a worker was killed, or a
 * host could not be reached at that moment. Each worker does this; that several do it at once does no harm.
 */
export class Reaper extends Rounds {
  readonly #gate = new Gate(AT_ONCE);
  readonly #stopping = new AbortController();
  /** By run. */
  readonly #underway = new Map<string, Promise<void>>();
  /** When hosts that did not answer are asked again, by run. */
  readonly #later = new Map<string, { at: number; waitMs: number }>();

  constructor(
    private readonly means: HostMeans,
    log: Log,
  ) {
    super(log, 'ending work on hosts that was given up');
  }

  override async stop(): Promise<void> {
    this.#stopping.abort();
    await super.stop();
    await Promise.all(this.#underway.values());
  }

  protected async round(): Promise<void> {
    const { db } = this.means.reach;
    await cancelWaiting(db);
    // Left out by Postgres: however many do not answer, they do not take the place of those that do.
    const notYet = [...this.#later].filter(([, { at }]) => Date.now() < at).map(([id]) => id);
    const except = [...notYet, ...this.#underway.keys()];
    const due = await listAbandoned(db, { limit: MOST, except });
    // Those that are due and are not among them have ended, or come later than so many others.
    const listed = new Set([...except, ...due.map(({ id }) => id)]);
    for (const id of this.#later.keys()) if (!listed.has(id)) this.#later.delete(id);
    const { signal } = this.#stopping;
    // Nobody waits for them here: what comes meanwhile is not to wait for hosts that do not answer.
    for (const run of due) {
      const reaped = this.#gate.through(signal, () => this.#reap(run, signal)).catch(() => {});
      this.#underway.set(
        run.id,
        reaped.finally(() => this.#underway.delete(run.id)),
      );
    }
  }

  async #reap(run: AbandonedRun, signal: AbortSignal): Promise<void> {
    const { db } = this.means.reach;
    try {
      const ending = await this.#cancel(run, signal);
      if (ending) await endRun(db, run, ending);
      this.#later.delete(run.id);
    } catch (error) {
      if (signal.aborted || error instanceof Overtaken) return;
      const { message } = problemOf(run.host_id ?? 0, error, (text) => text);
      if (Date.now() - (run.started_at?.getTime() ?? 0) > GIVE_UP_AFTER_MS) {
        await endRun(db, run, { status: 'lost', reason: `it was to be cancelled, and for a day: ${message}` });
        return;
      }
      const waitMs = Math.min(2 * (this.#later.get(run.id)?.waitMs ?? FIRST_WAIT_MS / 2), LONGEST_WAIT_MS);
      this.#later.set(run.id, { at: Date.now() + waitMs, waitMs });
      this.log.info({ run: run.id, message }, 'a run on a host cannot be cancelled yet');
    }
  }

  /** Ends a run on its host, and keeps what it has written until then. */
  async #cancel(run: AbandonedRun, signal: AbortSignal): Promise<Ending | undefined> {
    const { projectId, account } = run.step;
    const { db, pool, firstKeys } = this.means.reach;
    if (run.host_id === null) return { status: 'lost', reason: 'its host is not in the inventory any more' };
    const executor = { username: '', isTrusted: true };
    const routes = await readRoutes(db, { projectId }, { hostIds: [run.host_id], account, executor });
    const read = routes.get(run.host_id)!;
    if ('problem' in read) throw read.problem;
    const { route, become, runFolder } = openRoute(read.route);
    firstKeys.claim(route, { username: '', appCode: '', source: 'api' });
    const secrets = new OpenedSecrets({ place: projectId });
    secrets.open(run.inputs as Json);
    const log = await RunLog.of({ db, logs: this.means.logs, secrets }, run);
    const target = { transport: pool.transport(route), become, runFolder };
    const id = runIdOf(this.means.installation, run.step, run);
    const follow = { offset: log.position, onLog: (bytes: Uint8Array) => log.append(bytes), signal };
    const { left, ...seen } = await cancel(target, id, GRACE_SECONDS, follow);
    await log.finish();
    const ending = endingOf(seen, log.position, run.step);
    if (!ending || left.length === 0) return ending;
    return {
      ...ending,
      reason: `${ending.reason}; processes ${left.join(', ')} could not be ended: they are another user's`,
    };
  }
}
