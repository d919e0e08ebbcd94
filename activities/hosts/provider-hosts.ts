import { GantryError } from '../../base/error';
import { findHostsByAddress } from '../../db/provided-hosts';
import { changeUpstream, type UpstreamChange, UpstreamError } from '../../hosts/nginx';
import { TransportError, type TransportProblem } from '../../hosts/transport';
import { readRoute } from '../../inventory/ssh/read-route';
import { type OpenedRoute, openRoute } from './open-route';
import type { Reach } from './probe';
import { problemOf } from './problem';

/** Problems of hosts that have just been begun, which waiting may end. */
const NOT_YET: ReadonlySet<TransportProblem> = new Set([
  ...(['unreachable', 'refused', 'busy', 'lost', 'protocol', 'unknown_name'] as const),
]);
/** It answers, and more is a matter of what it is asked next. */
const ANSWERED: ReadonlySet<TransportProblem> = new Set(['auth', 'host_key_unknown'] as const);

/** Who has a host of a project reached. */
interface OfHost {
  projectId: number;
  username: string;
  account?: string | null;
}

/** How hosts are reached for providers: in the name of the installation, which has said what is done there. */
export class ProviderHosts {
  constructor(private readonly reach: Reach) {}

  /** Logs in to a host; a first key is pinned by who has it reached, where the profile of the host says so. */
  async askSsh(
    { hostId, ...of }: OfHost & { hostId: number },
    signal: AbortSignal,
  ): Promise<{ answers: 'yes' | 'no' | 'never'; words: string }> {
    let mask = (text: string) => text;
    try {
      const opened = await this.#open(hostId, of);
      ({ mask } = opened);
      const transport = this.reach.pool.transport(opened.route);
      await transport.exec('exit 0', { stdin: [], onStdout: () => {}, signal });
      return { answers: 'yes', words: 'one can log in' };
    } catch (error) {
      signal.throwIfAborted();
      const { problem, message } = problemOf(hostId, error, mask);
      if (problem === 'internal') throw error;
      if (!(error instanceof TransportError))
        return { answers: problem === 'unavailable' ? 'no' : 'never', words: message };
      if (ANSWERED.has(error.problem)) return { answers: 'yes', words: `its sshd answers; ${message}` };
      return { answers: NOT_YET.has(error.problem) ? 'no' : 'never', words: message };
    }
  }

  /**
   * Changes an upstream of nginx on a host, which is found by its address in the project. Servers that may not be reached from
   * here are not put in; whatever is there is taken out.
   *
   * @returns what was done; or why nothing was, or nobody knows
   */
  async changeUpstream(
    { address, ...of }: OfHost & { address: string },
    change: UpstreamChange,
    signal: AbortSignal,
  ): Promise<{ lines: string[] } | { problem: string; isKnown: boolean }> {
    let mask = (text: string) => text;
    const refused =
      change.operation === 'register' ? change.servers.find((server) => !this.#mayServe(server)) : undefined;
    if (refused !== undefined) {
      return {
        problem: `${refused} may not be a server: it is in none of the networks of GANTRY_HOSTS_ALLOW`,
        isKnown: true,
      };
    }
    try {
      const hostId = await this.#find(of.projectId, address);
      const opened = await this.#open(hostId, of);
      ({ mask } = opened);
      const { route, become } = opened;
      const place = { transport: this.reach.pool.transport(route), become };
      return { lines: await changeUpstream(place, change, { signal }) };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof UpstreamError) return { problem: `${address}: ${mask(error.message)}`, isKnown: true };
      const { problem, message } = problemOf(0, error, mask);
      if (problem === 'internal') throw error;
      return { problem: `${address}: ${message}`, isKnown: problem !== 'lost' && problem !== 'no_answer' };
    }
  }

  /** Whoever asks nginx would reach what nobody may reach from here. */
  #mayServe(server: string): boolean {
    return this.reach.pool.mayBeGiven(server.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1'));
  }

  async #find(projectId: number, address: string): Promise<number> {
    const [id, another] = await findHostsByAddress(this.reach.db, projectId, address);
    if (id === undefined) throw new GantryError('not_found', `the project has no host ${address}`);
    if (another !== undefined) throw new GantryError('invalid', `the project has several hosts ${address}`);
    return id;
  }

  async #open(hostId: number, { projectId, username, account = null }: OfHost): Promise<OpenedRoute> {
    const executor = { username, isTrusted: true };
    const sealed = await readRoute(this.reach.db, { projectId }, { hostId, account, executor });
    const opened = openRoute(sealed);
    this.reach.firstKeys.claim(opened.route, { username, appCode: '', source: 'api' });
    return opened;
  }
}
