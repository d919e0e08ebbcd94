import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import type { Actor } from '../../base/actor';
import { GantryError } from '../../base/error';
import { maskTokens } from '../../base/sealed-text';
import type { Db } from '../../db/connection';
import { readFacts } from '../../hosts/facts';
import { Gate } from '../../hosts/ssh/gate';
import { fingerprintOf, isAmong } from '../../hosts/ssh/host-keys';
import type { SshPool } from '../../hosts/ssh/pool';
import { type Hop, type HostKey, targetOf } from '../../hosts/ssh/route';
import { scanKeys } from '../../hosts/ssh/scan';
import { within } from '../../hosts/ssh/within';
import { boundedFacts, saveFacts } from '../../inventory/ssh/facts';
import { type RouteOrProblem, readRoutes } from '../../inventory/ssh/read-route';
import type { SealedRoute } from '../../inventory/ssh/route';
import type { Executor, HostFacts, ProbedHost, ProbeInput, ProbeResult, ScannedKey } from '../../workflows/contract';
import type { FirstKeys } from './first-keys';
import { type OpenedRoute, openRoute } from './open-route';
import { problemOf } from './problem';

const AT_ONCE = 20;
/** For all hosts together: less than the activity may take, so that those that answer are told whatever the others do. */
const ALL_MS = 100_000;
const BEAT_MS = 3_000;

/** How hosts are reached from this worker. */
export interface Reach {
  db: Db;
  pool: SshPool;
  firstKeys: FirstKeys;
}

/**
 * Asks hosts of a project something, some at a time, in the name of somebody who may do so now. What goes wrong with a host is
 * its own result, and no login is in any.
 *
 * @throws what the database throws, and what says that the worker is stopped
 */
export async function probe(reach: Reach, input: ProbeInput): Promise<ProbeResult> {
  const { cancellationSignal: signal } = Context.current();
  const { hostIds } = input;
  const beat = setInterval(() => Context.current().heartbeat(), BEAT_MS);
  try {
    const routes = await routesOf(reach.db, input);
    const gate = new Gate(AT_ONCE);
    const session = randomUUID();
    const msEach = Math.floor(ALL_MS / Math.ceil(hostIds.length / AT_ONCE));
    const probed = hostIds.map((hostId) =>
      gate.through(signal, () =>
        new HostProbe(reach, input, { hostId, session }).run(routes.get(hostId)!, msEach, signal),
      ),
    );
    return { hosts: await Promise.all(probed) };
  } finally {
    clearInterval(beat);
  }
}

/** What is wrong with the account is so for every host. */
async function routesOf(
  db: Db,
  { projectId, hostIds, executor, what }: ProbeInput,
): Promise<Map<number, RouteOrProblem>> {
  const account = what.kind === 'test' ? what.account : null;
  try {
    return await readRoutes(db, { projectId }, { hostIds, account, executor });
  } catch (error) {
    if (!(error instanceof GantryError)) throw error;
    return new Map(hostIds.map((hostId) => [hostId, { problem: error }]));
  }
}

type Answer = { facts: HostFacts } | { keys: ScannedKey[] };

class HostProbe {
  /** Takes out what nobody may see; logins too, once they are open. */
  #mask: (text: string) => string = maskTokens;

  constructor(
    private readonly reach: Reach,
    private readonly input: ProbeInput,
    private readonly one: { hostId: number; session: string },
  ) {}

  async run(read: RouteOrProblem, ms: number, signal: AbortSignal): Promise<ProbedHost> {
    const { hostId } = this.one;
    const begunAt = performance.now();
    try {
      if ('problem' in read) throw read.problem;
      const opened = this.#open(read.route);
      const answer = await within(ms, [signal], (late) => this.#ask(opened, late));
      return { hostId, ok: true, ms: Math.round(performance.now() - begunAt), ...answer };
    } catch (error) {
      // The worker is stopped: that says nothing of the host.
      if (signal.aborted) throw signal.reason;
      const told = problemOf(hostId, error, this.#mask);
      if (told.problem === 'internal') {
        const text = this.#mask(String((error as Error).stack ?? error));
        Context.current().log.error('a host could not be probed', { hostId, text });
      }
      return { hostId, ok: false, ...told };
    }
  }

  #open(sealed: SealedRoute): OpenedRoute {
    // A connection that has been there for a while would say nothing of whether one can log in now.
    const opened = openRoute(sealed, this.one.session);
    this.#mask = opened.mask;
    this.reach.firstKeys.claim(opened.route, actorOf(this.input.executor));
    return opened;
  }

  #ask(opened: OpenedRoute, signal: AbortSignal): Promise<Answer> {
    return this.input.what.kind === 'scan' ? this.#scan(opened, signal) : this.#test(opened, signal);
  }

  async #scan({ route }: OpenedRoute, signal: AbortSignal): Promise<Answer> {
    const target = targetOf(route);
    const keys = await scanKeys(route, { pool: this.reach.pool, signal });
    return { keys: keys.map((key) => scannedKey(key, target)) };
  }

  async #test({ route, become, runFolder }: OpenedRoute, signal: AbortSignal): Promise<Answer> {
    const facts = await readFacts({ transport: this.reach.pool.transport(route), become }, { runFolder, signal });
    const told = this.#tellable(facts);
    await saveFacts(this.reach.db, this.one.hostId, told);
    return { facts: told };
  }

  /** A host says what it likes, perhaps what it was told. */
  #tellable(facts: HostFacts): HostFacts {
    const masked: HostFacts = {};
    for (const [name, value] of Object.entries(facts)) {
      masked[name] = typeof value === 'string' ? this.#mask(value) : value;
    }
    return boundedFacts(masked);
  }
}

function scannedKey(key: HostKey, { keys }: Hop): ScannedKey {
  return { ...key, fingerprint: fingerprintOf(key), isTrusted: isAmong(keys, key) };
}

/** Who a key that is pinned meanwhile is pinned by. */
function actorOf({ username }: Executor): Actor {
  return { username, appCode: '', source: 'api' };
}
