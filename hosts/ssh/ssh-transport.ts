import { setMaxListeners } from 'node:events';
import type { ExecOptions, Exit, Transport } from '../transport';
import type { Command } from './command';
import { type Connection, NotGivenError } from './connection';
import type { HostConnections } from './host-connections';
import { problemAt, quoted } from './problems';
import type { Hop } from './route';
import { backoffMs, pause, unlessAborted } from './within';

interface Patience {
  tries: number;
  retryMs: number;
}

/** Commands to one host over the connections of a pool. */
export class SshTransport implements Transport {
  /** @param connections those to the host by now; throws when there can be none any more */
  constructor(
    private readonly hop: Hop,
    private readonly patience: Patience,
    private readonly closing: AbortSignal,
    private readonly connections: () => HostConnections,
  ) {}

  async exec(command: string, options: ExecOptions): Promise<Exit> {
    const { signal } = options;
    const { tries, retryMs } = this.patience;
    // Many commands may hang on one signal: Node warns of more than ten.
    if (signal) setMaxListeners(0, signal);
    for (let tried = 1; ; tried++) {
      signal?.throwIfAborted();
      const connections = this.connections();
      const connection = await connections.borrow('commands', signal);
      try {
        return await this.#execOn(connection, command, options);
      } catch (error) {
        if (signal?.aborted) connection.abandoned += 1;
        if (!(error instanceof NotGivenError)) throw error;
        const mayRetry = error.why === 'full' || error.why === 'broken';
        if (!mayRetry || tried >= tries) throw this.#notGiven(error);
      } finally {
        connections.giveBack(connection, 'commands');
      }
      await pause(backoffMs(retryMs, tried), this.closing, signal);
    }
  }

  async #execOn(connection: Connection, text: string, options: ExecOptions): Promise<Exit> {
    const command = await this.#give(connection, text, options.signal);
    const exit = await command.talk(options);
    if (exit) return exit;
    const how = connection.isOpen ? 'the host closed the channel' : 'the connection broke';
    throw problemAt(this.hop, 'lost', `was given a command, and nobody knows how it ended: ${how}`);
  }

  async #give(connection: Connection, text: string, signal: AbortSignal | undefined): Promise<Command> {
    const giving = connection.give(text);
    try {
      return await unlessAborted(giving, signal);
    } catch (error) {
      if (signal?.aborted)
        giving.then(
          (command) => command.leave(),
          () => {},
        );
      throw error;
    }
  }

  #notGiven({ why, message, cause }: NotGivenError): Error {
    const said = quoted(message);
    switch (why) {
      case 'full':
        return problemAt(
          this.hop,
          'busy',
          `takes no more commands at the moment (MaxSessions of sshd): ${said}`,
          cause,
        );
      case 'broken':
        return problemAt(this.hop, 'unreachable', `closed the connection each time before a command was given`, cause);
      case 'not_taken': {
        const text = `let ${this.hop.user} in and runs no commands for this user: ${said}`;
        return problemAt(this.hop, 'auth', text, cause);
      }
      case 'unknown':
        return problemAt(this.hop, 'lost', 'was given a command, and the connection broke before it said more', cause);
    }
  }
}
