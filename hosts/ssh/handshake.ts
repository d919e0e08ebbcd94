import type { Duplex } from 'node:stream';
import { type AuthenticationType, Client, type NextAuthHandler, type ServerHostKeyAlgorithm } from 'ssh2';
import type { TransportError } from '../transport';
import { lateOr } from './dial';
import { hostKeyOf, isAmong } from './host-keys';
import type { LoginAttempt } from './login';
import { codeOf, networkProblem, problemAt, quoted } from './problems';
import type { Hop, HostKey } from './route';

/** How often a connection is asked in vain whether it is still there, until it is given up. */
const KEEPALIVE_TRIES = 3;

const KEPT_CHARACTERS = 2_000;
/** What a server may say before it says that it speaks ssh: some say the terms of use. */
const MAX_GREETING_BYTES = 65_536;
const HELLO = '\nSSH-';
/** What sshd says before it hangs up because too many are at its door, or because it has had enough of us. */
const TOO_MANY = /^(?:Exceeded MaxStartups|Not allowed at this time)/;
/** How ssh2 says that a host has no key of any type that it was asked for. */
const NO_SUCH_KEY = 'no matching host key format';

export interface HandshakeOptions {
  /** By what the host may show that it is the one, best first. */
  algorithms: ServerHostKeyAlgorithm[];
  /** Why a key that it shows is not taken; undefined: it is. */
  refusalOf(key: HostKey): TransportError | undefined;
  /** Hears the key when the host has proved to have it; the login waits for that. */
  onProved(key: HostKey): Promise<void>;
  /** Left out: all that is wanted is the key, and the connection ends there. */
  login?: LoginAttempt;
  /** How long a connection is left alone until it is asked whether it is still there. */
  keepaliveMs: number;
  signal: AbortSignal;
}

export interface Shaken {
  client: Client;
  hostKey: HostKey;
}

/**
 * Agrees with an ssh server on how to speak, makes sure that it is the right one, and logs in. A host whose key is not
 * taken is told nothing, not even the name of the user. When it fails the socket is gone.
 *
 * @throws TransportError `busy`, `protocol`, `host_key`, `host_key_unknown`, `auth`, `unreachable`
 * @throws the reason of the signal, and what `onProved` throws
 */
export function shakeHands(socket: Duplex, hop: Hop, options: HandshakeOptions): Promise<Shaken> {
  return new Handshake(socket, hop, options).done();
}

/** Whether a handshake failed because the host has no key of any type that it was asked for. */
export function hasNoSuchKey({ problem, cause }: TransportError): boolean {
  return problem === 'protocol' && String((cause as Error | undefined)?.message).includes(NO_SUCH_KEY);
}

type Settle = (outcome: { shaken: Shaken } | { error: unknown }) => void;

class Handshake {
  readonly #client = new Client();
  /** What is being waited for. */
  #phase: 'hello' | 'keys' | 'login' | 'over' = 'hello';
  #hostKey: HostKey | undefined;
  #isProved = false;
  /** What the other side says before it says that it speaks ssh. */
  #noise = '';
  #noiseBytes = 0;
  /** The end of that: hello may come in pieces. */
  #tail = '\n';
  #banner = '';
  #settle: Settle = () => {};

  constructor(
    private readonly socket: Duplex,
    private readonly hop: Hop,
    private readonly options: HandshakeOptions,
  ) {}

  done(): Promise<Shaken> {
    return new Promise((resolve, reject) => {
      this.#settle = (outcome) => ('shaken' in outcome ? resolve(outcome.shaken) : reject(outcome.error));
      try {
        this.#begin();
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  #begin(): void {
    const { algorithms, login, keepaliveMs, signal } = this.options;
    // Also what comes of a connection that was given up long ago: nobody else hears it.
    this.#client.on('error', (error) => this.#fail(this.#explained(error)));
    this.socket.on('error', () => {});
    if (signal.aborted) return this.#giveUp();
    signal.addEventListener('abort', this.#giveUp);
    this.#client
      .on('banner', (text) => {
        this.#banner = text.slice(0, KEPT_CHARACTERS);
      })
      .on('change password', () => this.#fail(login?.expired()))
      .on('handshake', () => this.#onKeys())
      .on('ready', () => this.#succeed())
      .on('close', () => this.#fail(this.#hungUp()))
      .connect({
        sock: this.socket,
        username: this.hop.user,
        algorithms: { serverHostKey: algorithms },
        hostVerifier: (blob: Buffer) => this.#isRight(hostKeyOf(blob)),
        authHandler: (methods, isHalf, next) => void this.#goOn(methods, isHalf, next),
        keepaliveInterval: keepaliveMs,
        keepaliveCountMax: KEEPALIVE_TRIES,
        readyTimeout: 0,
      });
    // The client holds the socket back until it listens too: this takes nothing away from it.
    this.socket.on('data', this.#hear);
  }

  #hear = (chunk: Buffer): void => {
    const text = chunk.toString('latin1');
    this.#noise = (this.#noise + text).slice(0, KEPT_CHARACTERS);
    const heard = this.#tail + text;
    if (heard.includes(HELLO)) {
      this.socket.off('data', this.#hear);
      if (this.#phase === 'hello') this.#phase = 'keys';
      return;
    }
    this.#tail = heard.slice(1 - HELLO.length);
    this.#noiseBytes += chunk.length;
    // Line after line would keep the worker busy until the time is up.
    if (this.#noiseBytes > MAX_GREETING_BYTES && this.#phase === 'hello') this.#fail(this.#noSsh());
  };

  /** Is asked again whenever the two agree on new keys, which may be hours later. */
  #isRight(key: HostKey): boolean {
    if (this.#hostKey) return isAmong([this.#hostKey], key);
    const refusal = this.options.refusalOf(key);
    if (refusal) this.#fail(refusal);
    else this.#hostKey = key;
    return refusal === undefined;
  }

  #onKeys(): void {
    if (this.#phase === 'over') return;
    this.#phase = 'login';
    if (this.options.login) return;
    this.#succeed();
    this.socket.destroy();
  }

  async #goOn(methods: readonly AuthenticationType[] | null, isHalf: boolean, next: NextAuthHandler): Promise<void> {
    try {
      if (!this.#isProved) await this.options.onProved(this.#hostKey!);
      this.#isProved = true;
      if (this.#phase === 'over') return;
      const method = this.options.login!.next(methods, isHalf);
      if (!method) throw this.options.login!.refusal();
      next(method);
    } catch (error) {
      this.#fail(error);
    }
  }

  #giveUp = (): void => {
    const { signal } = this.options;
    const missing = {
      hello: this.#noise === '' ? 'took the connection and said nothing' : 'said nothing that ssh servers say',
      keys: 'did not agree on keys',
      login: 'did not answer to the login',
      over: '',
    };
    this.#fail(lateOr(signal, this.hop, missing[this.#phase]));
  };

  #explained(error: Error & { level?: string | undefined }): unknown {
    const { level, message } = error;
    const isCut = ['ECONNRESET', 'EPIPE'].includes(codeOf(error) ?? '') || message.includes('lost before handshake');
    // Never again with the same password: who closes here may be counting.
    if (isCut && this.#phase !== 'keys') return this.#hungUp();
    if (level === 'client-socket') return networkProblem(this.hop, error);
    if (level === 'client-authentication') return this.options.login?.refusal();
    if (message.includes(NO_SUCH_KEY)) {
      const asked = this.options.algorithms.join(', ');
      return problemAt(this.hop, 'protocol', `has no host key of a type that is supported (${asked})`, error);
    }
    if (message.includes('signature verification failed')) {
      return problemAt(this.hop, 'host_key', 'does not have the key that it shows: somebody else answers', error);
    }
    if (this.#phase === 'hello') return this.#noSsh(error);
    // Without a level it is the server that says why it ends the connection.
    if (level === undefined && this.#phase === 'login') return this.options.login?.cut(message);
    const text = `does not speak ssh in any of the ways in which it is spoken here: ${quoted(message)}`;
    return problemAt(this.hop, 'protocol', text, error);
  }

  /** What it means that the connection was closed. */
  #hungUp(): unknown {
    if (this.#phase === 'login') return this.options.login?.cut(this.#banner);
    if (this.#phase === 'keys') return problemAt(this.hop, 'busy', 'closed the connection while keys were agreed on');
    if (this.#noise !== '' && !TOO_MANY.test(this.#noise)) return this.#noSsh();
    const text =
      'closes the connection before it says anything: too many are at the door of its sshd (MaxStartups), or it does ' +
      'not want our address (hosts.deny, fail2ban)';
    return problemAt(this.hop, 'busy', text);
  }

  #noSsh(cause?: Error): TransportError {
    return problemAt(this.hop, 'protocol', `does not speak ssh: it says ${quoted(this.#noise)}`, cause);
  }

  #succeed(): void {
    if (!this.#end()) return;
    this.#settle({ shaken: { client: this.#client, hostKey: this.#hostKey! } });
  }

  #fail(error: unknown): void {
    if (!this.#end()) return;
    this.socket.destroy();
    this.#settle({ error });
  }

  /** @returns false when it was over before */
  #end(): boolean {
    if (this.#phase === 'over') return false;
    this.#phase = 'over';
    this.options.signal.removeEventListener('abort', this.#giveUp);
    this.socket.off('data', this.#hear);
    return true;
  }
}
