/** How a command on a host ended. */
export interface Exit {
  /** What it said of itself; null when a signal ended it. */
  code: number | null;
  /** The beginning of what it wrote to standard error, for messages. */
  stderr: string;
}

export interface ExecOptions {
  /** Written to the command one after the other; then its standard input is at its end. */
  stdin: readonly Uint8Array[];
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
  /** No way to it, or no answer in time. */
  | 'unreachable'
  /** There is a machine, and nobody who listens, or who takes one more. */
  | 'refused'
  /** It does not let us in. */
  | 'auth'
  /** Its key is not one that is known for it. */
  | 'host_key'
  /** The connection was there and broke. */
  | 'lost';

export class TransportError extends Error {
  override name = 'TransportError';

  constructor(
    readonly problem: TransportProblem,
    message: string,
    options: ErrorOptions = {},
  ) {
    super(message, options);
  }
}
