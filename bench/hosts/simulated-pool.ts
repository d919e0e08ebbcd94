import { setImmediate as turn } from 'node:timers/promises';
import { mayReach, parseNetworks } from '../../base/networks';
import { SshPool } from '../../hosts/ssh/pool';
import { type Route, targetOf } from '../../hosts/ssh/route';
import type { Transport } from '../../hosts/transport';
import { answerTo, FORGOTTEN } from './answers';
import { PRINTER, PRINTING } from './printing';

/** Where simulated hosts are: addresses of nobody in the world. */
export const SIMULATED = '100.64.';

/** Connections as usual, but for hosts that are simulated: those answer within the process. */
export class SimulatedPool extends SshPool {
  constructor(hostsAllow: string) {
    super({
      allows: mayReach(parseNetworks(hostsAllow)),
      pin: () => Promise.reject(new Error('nothing is to be pinned')),
    });
  }

  override transport(route: Route): Transport {
    const { address } = targetOf(route);
    if (address.startsWith(SIMULATED)) return SIMULATION;
    return address.startsWith(PRINTING) ? PRINTER : super.transport(route);
  }
}

const SIMULATION: Transport = {
  async exec(command, { last, onStdout, signal }) {
    await turn();
    signal?.throwIfAborted();
    await onStdout(answerTo(command));
    if (last && (await last).length > 0) await onStdout(FORGOTTEN);
    return { code: 0, stderr: '' };
  },
};
