import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { Command } from './command';
import { ForwardedSocket, letGo } from './forwarded-socket';

/** What ssh2 calls a command that was sent and not taken; the channel for it was open by then. */
const NOT_TAKEN = 'Unable to exec';

/** Why a command was not given on a connection. */
export type NotGiven =
  /** The host does not open one more channel. */
  | 'full'
  /** The connection broke before the command was sent. */
  | 'broken'
  /** It does not run commands for this user. */
  | 'not_taken'
  /** It broke after the command was sent: nobody knows. */
  | 'unknown';

export class NotGivenError extends Error {
  override name = 'NotGivenError';

  constructor(
    readonly why: NotGiven,
    cause: Error,
  ) {
    super(cause.message, { cause });
  }
}

/** A connection that is logged in, and what is done over it. */
export class Connection {
  /** Commands that are given over it, or about to be. */
  commands = 0;
  /** Connections to other machines that lead through it. */
  forwards = 0;
  /** How many commands the host seems to take at a time: it may be fewer than we would give. */
  capacity: number;
  /** Commands that were let go of, and may hold a session of the host all the same. */
  abandoned = 0;
  #opened = 0;
  #isOpen = true;
  readonly closed: Promise<void>;

  constructor(
    readonly client: Client,
    private readonly socket: Duplex,
    private readonly maxCommands: number,
  ) {
    this.capacity = maxCommands;
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#isOpen = false;
        resolve();
      });
      if (socket.destroyed) resolve();
    });
    // What breaks here is heard of by the commands, whose channels end with it.
    client.once('close', () => socket.destroy());
    client.once('end', () => this.destroy());
  }

  get isOpen(): boolean {
    return this.#isOpen && this.socket.writable;
  }

  get isIdle(): boolean {
    return this.commands === 0 && this.forwards === 0;
  }

  /** Whether one more command can be given over it. */
  get hasRoom(): boolean {
    return this.isOpen && !this.isSpent && this.commands < this.capacity;
  }

  /** Whether it is of no more use for commands: those that were let go of may hold all that the host gives. */
  get isSpent(): boolean {
    return this.abandoned >= this.maxCommands;
  }

  /**
   * Gives a command to the host.
   *
   * @throws NotGivenError
   */
  give(command: string): Promise<Command> {
    return new Promise((resolve, reject) => {
      const refuse = (error: Error) => reject(new NotGivenError(this.#whyNot(error), error));
      try {
        this.client.exec(command, (error, channel) => {
          if (error) return refuse(error);
          this.#opened += 1;
          // It was full for others' commands, or those that had just ended.
          if (this.#opened % 10 === 0) this.capacity = Math.min(this.capacity + 1, this.maxCommands);
          resolve(new Command(channel));
        });
      } catch (error) {
        refuse(error as Error);
      }
    });
  }

  #whyNot(error: Error & { reason?: unknown }): NotGiven {
    if (error.reason !== undefined) {
      this.capacity = Math.max(1, this.commands - 1);
      this.#opened = 0;
      return 'full';
    }
    if (error.message !== NOT_TAKEN) return 'broken';
    return this.isOpen ? 'not_taken' : 'unknown';
  }

  /**
   * Opens a way through this machine to another one.
   *
   * @throws Error as ssh2 tells it, with a `reason` when the machine says one
   */
  forward(address: string, port: number, signal: AbortSignal): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const giveUp = () => reject(signal.reason);
      signal.addEventListener('abort', giveUp);
      try {
        this.client.forwardOut('127.0.0.1', 0, address, port, (error, channel) => {
          signal.removeEventListener('abort', giveUp);
          if (error) return reject(error);
          if (signal.aborted) letGo(channel);
          else resolve(new ForwardedSocket(channel));
        });
      } catch (error) {
        signal.removeEventListener('abort', giveUp);
        reject(error);
      }
    });
  }

  /** Says goodbye, and does not wait for an answer. */
  end(): void {
    if (this.#isOpen) this.client.end();
    this.destroy();
  }

  destroy(): void {
    this.#isOpen = false;
    this.socket.destroy();
  }
}
