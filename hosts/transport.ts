/** How a command on a host ended. */
export interface Exit {
  /** What it said of itself; null when a signal ended it. */
  code: number | null;
  /** The beginning of what it wrote to standard error, for messages. */
  stderr: string;
}

export interface ExecOptions {
  /** Written to the command one after the other; then its standard input is at its end, or what is last has yet to come. */
  stdin: readonly Uint8Array[];
  /** What is written last, once that is known: until then the standard input stays open. */
  last?: Promise<Uint8Array> | undefined;
  /** Hears what the command writes, as it comes; no more is read until it has resolved. */
  onStdout(bytes: Uint8Array): void | Promise<void>;
  /** Lets go of the command at once. It is not ended by that: what goes on, on the host, goes on. */
  signal?: AbortSignal | undefined;
}

/** The way to one host, as one user of it (docs/hosts.md, "What a host needs"). */
export interface Transport {
  /**
   * Gives a command to the user's login shell, whichever that is.
   *
   * @throws TransportError when it could not be given, or nobody knows how it ended
   * @throws the reason of `signal` when that is aborted
   */
  exec(command: string, options: ExecOptions): Promise<Exit>;
}

/** Why a host was not reached. Only of `lost` can the command have begun. */
export type TransportProblem =
  /** Its address is not one that may be reached (GANTRY_HOSTS_ALLOW). */
  | 'not_allowed'
  /** Its name is none that is known. */
  | 'unknown_name'
  /** No way to it, or no answer in time. */
  | 'unreachable'
  /** There is a machine, and nobody who listens. */
  | 'refused'
  /** It is there and does not take one more, of connections or of commands, after several tries. */
  | 'busy'
  /** What answers does not speak ssh, or none of the ways in which we do. */
  | 'protocol'
  /** It does not let us in. */
  | 'auth'
  /** Its key is not one that is known for it: it was set up anew, or somebody else answers. */
  | 'host_key'
  /** No key is known for it. */
  | 'host_key_unknown'
  /** The connection was there and broke. */
  | 'lost';

export class TransportError extends Error {
  override name = 'TransportError';

  /** @param options `hostId`: the machine that it was, which may be one on the way */
  constructor(
    readonly problem: TransportProblem,
    message: string,
    { hostId, ...options }: ErrorOptions & { hostId?: number | undefined } = {},
  ) {
    super(message, options);
    this.hostId = hostId;
  }

  readonly hostId: number | undefined;
}
