import { GantryError } from '../../base/error';
import type { HostRunRecord } from '../../db/host-runs';
import type { Target } from '../../hosts/attach';
import { type RouteOrProblem, readRoutes } from '../../inventory/ssh/read-route';
import type { SealedRoute } from '../../inventory/ssh/route';
import { type HostAttempt, type HostMeans, ROLE_WITHOUT_ACCOUNT } from './means';
import { openRoute } from './open-route';
import { problemOf } from './problem';

/** How the host of a run is reached now, or why it is not. */
export type Way =
  | {
      target: Target;
      /** Takes logins out of what is told of the host. */
      mask(text: string): string;
    }
  | { problem: string };

type Of = Pick<HostRunRecord, 'id' | 'host_id'>;

/** How the hosts of a step are reached for an attempt: read anew whenever that is asked. */
export class Ways {
  constructor(
    private readonly means: HostMeans,
    private readonly attempt: Pick<HostAttempt, 'projectId' | 'executor' | 'changers' | 'least'>,
    private readonly account: string | null,
  ) {}

  /**
   * The ways of at most MAX_ROUTES runs, by run. Who may not do it any more hears so of each host; what has begun is followed
   * all the same.
   *
   * @param haveBegun the runs, or may have
   */
  async find(runs: readonly Of[], { haveBegun }: { haveBegun: boolean }): Promise<Map<string, Way>> {
    const routes = await this.#routes(
      runs.flatMap(({ host_id }) => host_id ?? []),
      haveBegun,
    );
    return new Map(runs.map((run) => [run.id, this.#wayOf(run, routes.get(run.host_id ?? -1))]));
  }

  async #routes(hostIds: readonly number[], haveBegun: boolean): Promise<Map<number, RouteOrProblem>> {
    const { projectId, least = ROLE_WITHOUT_ACCOUNT } = this.attempt;
    const executor = haveBegun ? { ...this.attempt.executor, isTrusted: true } : this.attempt.executor;
    const changers = haveBegun ? [] : this.attempt.changers;
    try {
      const wanted = { hostIds, account: this.account, executor, changers, least };
      return await readRoutes(this.means.reach.db, { projectId }, wanted);
    } catch (problem) {
      if (!(problem instanceof GantryError)) throw problem;
      return new Map(hostIds.map((id) => [id, { problem }]));
    }
  }

  #wayOf(run: Of, read: RouteOrProblem | undefined): Way {
    if (!read) return { problem: 'the host is not in the inventory any more' };
    if ('problem' in read) return { problem: read.problem.message };
    return this.#opened(run, read.route);
  }

  #opened(run: Of, sealed: SealedRoute): Way {
    const { pool, firstKeys } = this.means.reach;
    try {
      const { route, become, runFolder, mask } = openRoute(sealed);
      firstKeys.claim(route, { username: this.attempt.executor.username, appCode: '', source: 'api' });
      return { target: { transport: pool.transport(route), become, runFolder }, mask };
    } catch (error) {
      return { problem: problemOf(run.host_id ?? 0, error, (text) => text).message };
    }
  }
}
