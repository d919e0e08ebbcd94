import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import type { TransportError, TransportProblem } from '../transport';
import { networkProblem, placeOf, problemAt, quoted } from './problems';
import type { Hop } from './route';
import { Late, unlessAborted, within } from './within';

/** Whether an address may be reached at all (GANTRY_HOSTS_ALLOW). */
export type Allows = (address: string) => boolean;

/** More of what a name stands for are not tried. */
const MAX_ADDRESSES = 4;

/** RFC 6761. */
const LOCALHOST = /^(?:.+\.)?localhost$/i;

/**
 * Opens a connection to a machine. What is dialled is an address that `allows` was asked for: also of a name, whatever it
 * stands for by now.
 *
 * @param signal ends it; a reason that is `Late` becomes an error that says so
 * @throws TransportError `unknown_name`, `not_allowed`, `refused`, `unreachable`
 */
export async function dial(hop: Hop, allows: Allows, signal: AbortSignal): Promise<Socket> {
  const addresses = await addressesOf(hop, signal);
  const allowed = addresses.filter(allows).slice(0, MAX_ADDRESSES);
  if (allowed.length === 0) {
    const text = `may not be reached: ${addresses.join(' and ')} is in none of the networks of GANTRY_HOSTS_ALLOW`;
    throw problemAt(hop, 'not_allowed', text);
  }
  let failure: unknown;
  for (const address of allowed) {
    try {
      return await within(hop.connectTimeoutMs / allowed.length, [signal], (late) => dialAddress(hop, address, late));
    } catch (error) {
      if (signal.aborted) throw lateOr(signal, hop, 'did not answer');
      failure = error;
    }
  }
  throw failure;
}

/** @throws TransportError `not_allowed` when a machine behind a jump host has an address that may not be reached */
export function requireAllowed(hop: Hop, allows: Allows): void {
  if (mayBeGiven(hop.address, allows)) return;
  throw problemAt(hop, 'not_allowed', 'may not be reached: it is in none of the networks of GANTRY_HOSTS_ALLOW');
}

/**
 * Whether another machine may be told to go to an address. A name is known to that machine, which may mean another one by it
 * than we would; only one by which every machine means itself is as good as its address.
 */
export function mayBeGiven(address: string, allows: Allows): boolean {
  const meant = LOCALHOST.test(address) ? '127.0.0.1' : address;
  return isIP(meant) === 0 || allows(meant);
}

async function addressesOf(hop: Hop, signal: AbortSignal): Promise<string[]> {
  if (isIP(hop.address) !== 0) return [hop.address];
  try {
    const found = await unlessAborted(lookup(hop.address, { all: true }), signal);
    return [...new Set(found.map(({ address }) => address))];
  } catch (error) {
    if (signal.aborted) throw lateOr(signal, hop, 'could not be looked up by its name');
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTFOUND') throw problemAt(hop, 'unknown_name', 'has a name that no name server knows', error);
    throw problemAt(hop, 'unreachable', `was not found by its name: the name server did not answer (${code})`, error);
  }
}

function dialAddress(hop: Hop, address: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // Without noDelay a command waits for acknowledgements that the host holds back: 40 ms and more.
    const socket = connect({ host: address, port: hop.port, noDelay: true });
    const end = (settle: () => void) => {
      socket.off('connect', succeed).off('error', fail);
      signal.removeEventListener('abort', giveUp);
      settle();
    };
    const succeed = () => end(() => resolve(socket));
    const fail = (error: NodeJS.ErrnoException) => end(() => reject(networkProblem(hop, error)));
    const giveUp = () => {
      end(() => reject(lateOr(signal, hop, 'did not answer')));
      socket.on('error', () => {}).destroy();
    };
    socket.on('connect', succeed).on('error', fail);
    signal.addEventListener('abort', giveUp);
  });
}

/** The error of a signal: who was late is told what had not happened by then. */
export function lateOr(signal: AbortSignal, hop: Hop, what: string): unknown {
  const { reason } = signal;
  if (!(reason instanceof Late)) return reason;
  return problemAt(hop, 'unreachable', `${what} within ${reason.time}`);
}

/** What a jump host says of a machine to which it could not open the way. */
const FORWARDING: readonly (readonly [said: RegExp, problem: TransportProblem, text: string])[] = [
  [/refused/i, 'refused', 'refuses connections: is sshd running there, and is the port right?'],
  [/not known|resol/i, 'unknown_name', 'has a name that its jump host does not know'],
  [/timed out|no route|unreachable/i, 'unreachable', 'does not answer its jump host'],
  [/(?:)/, 'unreachable', 'could not be reached'],
];

/** What it means that a jump host did not open the way to a machine. */
export function forwardProblem(jump: Hop, hop: Hop, error: Error & { reason?: unknown }): TransportError {
  // RFC 4254: administratively prohibited, and shortage of resources.
  if (error.reason === 1) {
    const text = `lets nobody through to ${placeOf(hop)}: see AllowTcpForwarding and PermitOpen of its sshd`;
    return problemAt(jump, 'unreachable', text, error);
  }
  if (error.reason === 4) return problemAt(jump, 'busy', 'forwards no more connections at the moment', error);
  const [, problem, text] = FORWARDING.find(([said]) => said.test(error.message))!;
  return problemAt(hop, problem, `${text} (${placeOf(jump)} says: ${quoted(error.message)})`, error);
}
