import type { Duplex } from 'node:stream';
import type { Connection } from './connection';
import { type Allows, dial, forwardProblem, lateOr } from './dial';
import { networkProblem } from './problems';
import type { Hop } from './route';

/** The jump host that is passed last, logged in. */
export interface Jump {
  hop: Hop;
  connection: Connection;
  /** Says that nothing leads through it any more on our account. */
  leave(): void;
}

/** How one machine is reached: directly, or through a jump host that is kept for as long as the connection lasts. */
export class Way {
  #isOpen = false;

  /** @param leave gives back what the way has taken */
  constructor(
    private readonly hop: Hop,
    private readonly allows: Allows,
    private readonly jump: Jump | undefined,
    private readonly leave: () => void,
  ) {}

  /** @throws TransportError, or the reason of the signal */
  async open(signal: AbortSignal): Promise<Duplex> {
    const socket = await (this.jump ? this.#forward(this.jump, signal) : dial(this.hop, this.allows, signal));
    this.#isOpen = true;
    socket.once('close', this.leave);
    // It may break before anybody listens to it; who does then sees that it is gone.
    socket.on('error', () => {});
    return socket;
  }

  leaveUnlessOpen(): void {
    if (!this.#isOpen) this.leave();
  }

  async #forward({ hop: jump, connection }: Jump, signal: AbortSignal): Promise<Duplex> {
    try {
      return await connection.forward(this.hop.address, this.hop.port, signal);
    } catch (error) {
      if (signal.aborted) throw lateOr(signal, this.hop, 'did not answer its jump host');
      if (!connection.isOpen) throw networkProblem(jump, Object.assign(new Error('it broke'), { code: 'ECONNRESET' }));
      throw forwardProblem(jump, this.hop, error as Error);
    }
  }
}
