import { isIPv6 } from 'node:net';
import { shortened } from '../../base/text';
import { TransportError, type TransportProblem } from '../transport';
import { fingerprintOf } from './host-keys';
import type { Hop, HostKey } from './route';

/** Where a host is, as messages have it: `host 12 (10.0.0.5:22)`. */
export function placeOf({ hostId, address, port }: Hop): string {
  return `host ${hostId} (${isIPv6(address) ? `[${address}]` : address}:${port})`;
}

/** An error that begins with which host it is about; `text` goes on from there. */
export function problemAt(hop: Hop, problem: TransportProblem, text: string, cause?: unknown): TransportError {
  return new TransportError(problem, `${placeOf(hop)} ${text}`, { hostId: hop.hostId, cause });
}

/** The same error for who wants a host that is reached through the one that it is about. */
export function onTheWayTo(target: Hop, error: TransportError): TransportError {
  const { problem, message, hostId } = error;
  return new TransportError(problem, `${message} (on the way to ${placeOf(target)})`, { hostId, cause: error });
}

/** What a machine says, of whatever kind that is, for a message. */
export function quoted(said: string): string {
  return `"${shortened(said.replace(/[\p{C}\s]+/gu, ' ').trim(), 200)}"`;
}

/** @param pinned the keys that are known for the host; with none of them it is another problem than with some */
export function wrongKey(hop: Hop, pinned: readonly HostKey[], seen: HostKey): TransportError {
  const told = `seen was ${described(seen)}`;
  const command = `gantry hosts trust ${hop.hostId} --key ${fingerprintOf(seen)}`;
  if (pinned.length === 0) {
    const text = `has no key that is trusted: ${told}. When that is its own: ${command}`;
    return problemAt(hop, 'host_key_unknown', text);
  }
  const known = pinned.map(described).join(', ');
  const text =
    'shows a key that is not trusted: it was set up anew, or somebody else answers in its place. ' +
    `Trusted is ${known}; ${told}. When it was set up anew: ${command} --replace`;
  return problemAt(hop, 'host_key', text);
}

function described(key: HostKey): string {
  return `${key.type} ${fingerprintOf(key)}`;
}

/** What the network says of a connection that was tried, by the codes of the operating system. */
const NETWORK: Record<string, [TransportProblem, string]> = {
  ECONNREFUSED: ['refused', 'refuses connections: is sshd running there, and is the port right?'],
  ETIMEDOUT: ['unreachable', 'does not answer'],
  EHOSTUNREACH: ['unreachable', 'is not there: nothing leads to its address (EHOSTUNREACH)'],
  EHOSTDOWN: ['unreachable', 'is not there (EHOSTDOWN)'],
  ENETUNREACH: ['unreachable', 'cannot be reached from here: no route leads to its network (ENETUNREACH)'],
  ENETDOWN: ['unreachable', 'cannot be reached: the network of this worker is down (ENETDOWN)'],
  ECONNRESET: ['unreachable', 'or something on the way reset the connection'],
  EPIPE: ['unreachable', 'closed the connection'],
  EMFILE: ['unreachable', 'was not reached: this worker has too many files open (ulimit -n)'],
  ENFILE: ['unreachable', 'was not reached: this machine has too many files open'],
};

/** What may be otherwise a moment later, and was surely not heard by anybody. */
const PASSING_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'EMFILE', 'ENFILE', 'EAI_AGAIN']);

export function networkProblem(hop: Hop, error: NodeJS.ErrnoException): TransportError {
  const [problem, text] = NETWORK[error.code ?? ''] ?? ['unreachable', `could not be reached: ${error.message}`];
  return problemAt(hop, problem, text, error);
}

/** Whether it makes sense to try once more at once. */
export function isPassing({ problem, cause }: TransportError): boolean {
  if (problem === 'refused' || problem === 'busy') return true;
  return problem === 'unreachable' && PASSING_CODES.has(codeOf(cause) ?? '');
}

export function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | undefined)?.code;
}
