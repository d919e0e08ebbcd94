import { setMaxListeners } from 'node:events';
import type { Duplex } from 'node:stream';
import { stringifyJson } from '../../base/json';
import { type Transport, TransportError } from '../transport';
import { Connection } from './connection';
import { type Allows, mayBeGiven, requireAllowed } from './dial';
import { Gate } from './gate';
import { shakeHands } from './handshake';
import { HostConnections } from './host-connections';
import { algorithmsOf, isAmong, preferredAlgorithms } from './host-keys';
import { LoginAttempt } from './login';
import { Places } from './places';
import { PrivateKeys } from './private-keys';
import { isPassing, networkProblem, onTheWayTo, problemAt, wrongKey } from './problems';
import { type Hop, type HostKey, type Route, targetOf } from './route';
import { SshTransport } from './ssh-transport';
import { type Jump, Way } from './way';
import { backoffMs, Late, pause, within } from './within';

export interface SshPoolOptions extends Partial<SshLimits> {
  /** Asked for every address that is dialled, after its name was looked up. */
  allows: Allows;
  /** Saves the first key of a host that may show one; nothing is sent to the host before that has resolved. */
  pin(hop: Hop, key: HostKey): Promise<void>;
}

export interface SshLimits {
  /** Of all hosts together. */
  maxConnections: number;
  connectionsPerHost: number;
  /** sshd takes 10 (MaxSessions), and counts one that has ended for a moment more. */
  commandsPerConnection: number;
  /** How many logins there may be at a time: each takes the processor. */
  handshakes: number;
  /** How long a connection stays when nothing is done over it. */
  idleMs: number;
  /** How often a connection is asked whether it is still there; after three times in vain it is given up. */
  keepaliveMs: number;
  /** How long to wait for a place among `maxConnections`. */
  placeMs: number;
  /** How often a connection, or a command, is tried when the host does not take it at the moment. */
  tries: number;
  /** Before the second try, about; twice as long before each one after that. */
  retryMs: number;
}

const LIMITS: SshLimits = {
  maxConnections: 1000,
  connectionsPerHost: 2,
  commandsPerConnection: 5,
  handshakes: 20,
  idleMs: 60_000,
  keepaliveMs: 10_000,
  placeMs: 60_000,
  tries: 5,
  retryMs: 200,
};

/**
 * Connections to hosts, kept while they are of use and shared by whoever goes the same way as the same user. A way is the
 * same when its machines are, their keys, and the logins: what is revoked is not used by anybody who does not know it yet.
 */
export class SshPool {
  readonly limits: SshLimits;
  readonly #hosts = new Map<string, HostConnections>();
  readonly #places: Places;
  readonly #handshakes: Gate;
  readonly #privateKeys = new PrivateKeys();
  readonly #closing = new AbortController();
  /** Ways that are being opened. */
  readonly #reaching = new Set<Promise<unknown>>();

  constructor(private readonly options: SshPoolOptions) {
    this.limits = { ...LIMITS, ...options };
    this.#places = new Places(this.limits.maxConnections, this.limits.idleMs);
    this.#handshakes = new Gate(this.limits.handshakes);
    setMaxListeners(0, this.#closing.signal);
  }

  /** How many connections there are, those that are being made too. */
  get size(): number {
    return this.#places.taken;
  }

  /** Whether a host may be told to go to an address (`mayBeGiven`): that it would be dialled from there makes no difference. */
  mayBeGiven(address: string): boolean {
    return mayBeGiven(address, this.options.allows);
  }

  /** The way to the host at the end of a route; nothing is opened before a command is given. */
  transport(route: Route): Transport {
    return new SshTransport(targetOf(route), this.limits, this.#closing.signal, () => this.#connectionsOf(route));
  }

  /**
   * The key of one type of the host at the end of a route, which has proved to have it. Nobody is logged in to it; to the
   * jump hosts on the way one is.
   *
   * @throws TransportError also when the host has no key of this type (`hasNoSuchKey`)
   */
  async keyOfType(route: Route, type: string, signal?: AbortSignal): Promise<HostKey> {
    const hop = targetOf(route);
    const { hostKey } = await this.#reach(route, signal, (socket, late) =>
      shakeHands(socket, hop, {
        algorithms: [...algorithmsOf(type)],
        refusalOf: () => undefined,
        onProved: async () => {},
        keepaliveMs: this.limits.keepaliveMs,
        signal: late,
      }),
    );
    return hostKey;
  }

  /** Ends all connections: commands that run are `lost`, those that wait are not given. Resolves when all is closed. */
  async close(): Promise<void> {
    const reason = new TransportError('unreachable', 'the connections to hosts are closed: this process is ending');
    this.#closing.abort(reason);
    const closeAll = () => Promise.all([...this.#hosts.values()].map((connections) => connections.close(reason)));
    await closeAll();
    // What was just being opened may have come to be since.
    await Promise.allSettled(this.#reaching);
    await closeAll();
    await this.#places.empty();
    this.#privateKeys.clear();
  }

  #connectionsOf(route: Route): HostConnections {
    this.#closing.signal.throwIfAborted();
    const key = keyOf(route);
    let connections = this.#hosts.get(key);
    if (!connections) {
      connections = this.#newConnections(route, () => this.#hosts.delete(key));
      this.#hosts.set(key, connections);
    }
    return connections;
  }

  #newConnections(route: Route, onEmpty: () => void): HostConnections {
    const hop = targetOf(route);
    let pinned = hop.keys;
    const mayPin = pinned.length === 0 && hop.trustsFirst;
    return new HostConnections({
      open: () =>
        this.#connect(route, pinned, async (key) => {
          if (!mayPin || pinned.length > 0) return;
          await this.options.pin(hop, key);
          pinned = [key];
        }),
      // Two at once could be shown two keys, and would trust both.
      most: () => (mayPin && pinned.length === 0 ? 1 : this.limits.connectionsPerHost),
      commandsEach: this.limits.commandsPerConnection,
      onRest: (connection) => this.#places.rest(connection),
      onWake: (connection) => this.#places.wake(connection),
      onEmpty,
    });
  }

  async #connect(
    route: Route,
    pinned: readonly HostKey[],
    onProved: (key: HostKey) => Promise<void>,
  ): Promise<Connection> {
    const hop = targetOf(route);
    const login = new LoginAttempt(hop, this.#privateKeys);
    return this.#reach(route, undefined, async (socket, signal) => {
      const { client } = await shakeHands(socket, hop, {
        algorithms: preferredAlgorithms(pinned),
        refusalOf: (key) => {
          const isRight = pinned.length === 0 ? hop.trustsFirst : isAmong(pinned, key);
          return isRight ? undefined : wrongKey(hop, pinned, key);
        },
        onProved,
        login,
        keepaliveMs: this.limits.keepaliveMs,
        signal,
      });
      return new Connection(client, socket, this.limits.commandsPerConnection);
    });
  }

  /** Opens the way to a host and does something with it, once more where that may help. */
  async #reach<T>(route: Route, signal: AbortSignal | undefined, work: Work<T>): Promise<T> {
    const reaching = this.#reachOrRetry(route, signal, work);
    this.#reaching.add(reaching);
    try {
      return await reaching;
    } finally {
      this.#reaching.delete(reaching);
    }
  }

  async #reachOrRetry<T>(route: Route, signal: AbortSignal | undefined, work: Work<T>): Promise<T> {
    const hop = targetOf(route);
    const { tries, retryMs } = this.limits;
    const signals = [this.#closing.signal, signal];
    for (let tried = 1; ; tried++) {
      const way = await this.#wayTo(route, signals);
      try {
        // Hosts that do not answer keep nobody from logging in elsewhere.
        const socket = await within(hop.connectTimeoutMs, signals, (late) => way.open(late));
        return await this.#inTurn(socket, () => {
          if (socket.destroyed)
            throw networkProblem(hop, Object.assign(new Error('it hung up'), { code: 'ECONNRESET' }));
          return within(hop.connectTimeoutMs, signals, (late) => work(socket, late));
        });
      } catch (error) {
        if (!(error instanceof TransportError && isPassing(error)) || tried >= tries) throw error;
      } finally {
        way.leaveUnlessOpen();
      }
      await pause(backoffMs(retryMs, tried), ...signals);
    }
  }

  /** Does something with a connection once there is a place for one login more. */
  async #inTurn<T>(socket: Duplex, work: () => Promise<T>): Promise<T> {
    try {
      return await this.#handshakes.through(this.#closing.signal, work);
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  /** Waits for the jump hosts of a route to be logged in, and for a place for one connection more. */
  async #wayTo(route: Route, signals: readonly (AbortSignal | undefined)[]): Promise<Way> {
    const hop = targetOf(route);
    const jump = await this.#jumpOf(route, signals);
    try {
      await within(this.limits.placeMs, signals, (late) => this.#places.take(late));
    } catch (error) {
      jump?.leave();
      if (!(error instanceof Late)) throw error;
      const text = `was not reached: all ${this.limits.maxConnections} connections that there may be are in use`;
      throw problemAt(hop, 'busy', text);
    }
    return new Way(hop, this.options.allows, jump, () => {
      this.#places.free();
      jump?.leave();
    });
  }

  async #jumpOf(route: Route, signals: readonly (AbortSignal | undefined)[]): Promise<Jump | undefined> {
    const hop = targetOf(route);
    const [first, ...others] = route.slice(0, -1);
    if (!first) return undefined;
    requireAllowed(hop, this.options.allows);
    const jumpRoute: Route = [first, ...others];
    const connections = this.#connectionsOf(jumpRoute);
    try {
      const connection = await connections.borrow('forwards', signals[1]);
      return { hop: targetOf(jumpRoute), connection, leave: () => connections.giveBack(connection, 'forwards') };
    } catch (error) {
      throw error instanceof TransportError ? onTheWayTo(hop, error) : error;
    }
  }
}

type Work<T> = (socket: Duplex, late: AbortSignal) => Promise<T>;

/** What has to be the same of two routes for them to share connections. */
function keyOf(route: Route): string {
  const parts = route.map(({ hostId, address, port, user, loginKey, keys, trustsFirst }) => {
    const known = keys.map(({ type, key }) => `${type} ${key}`).sort();
    return [hostId, address, port, user, loginKey, known.length === 0 ? trustsFirst : known];
  });
  return stringifyJson(parts);
}
