import { GantryError } from '../../base/error';
import { shortened } from '../../base/text';
import { databaseTrouble } from '../../db/errors';
import { NoAnswerError } from '../../hosts/program';
import { Late } from '../../hosts/ssh/within';
import { TransportError } from '../../hosts/transport';
import { SecretError } from '../../secrets/keys';
import type { ProbedHost } from '../../workflows/contract';

type Problem = Pick<Extract<ProbedHost, { ok: false }>, 'problem' | 'message'>;

const MAX_MESSAGE = 2_000;

/**
 * What went wrong with one host, in a word and a message: that of the transport, or the kind of what the inventory says;
 * `no_answer` where one was let in and the host does not say what it was asked; `credential` for one that does not open; `late`;
 * `unavailable` for Postgres; and `internal`, of which the log knows more.
 *
 * @param mask takes out what nobody may see
 */
export function problemOf(hostId: number, error: unknown, mask: (text: string) => string): Problem {
  const { problem, message } = read(hostId, error);
  return { problem, message: shortened(mask(message), MAX_MESSAGE) };
}

function read(hostId: number, error: unknown): Problem {
  if (error instanceof TransportError) return { problem: error.problem, message: error.message };
  if (error instanceof GantryError) return { problem: error.kind, message: error.message };
  if (error instanceof NoAnswerError) return { problem: 'no_answer', message: `host ${hostId}: ${error.message}` };
  if (error instanceof SecretError) return { problem: 'credential', message: `host ${hostId}: ${error.message}` };
  if (error instanceof Late) return { problem: 'late', message: `host ${hostId} was not done within ${error.time}` };
  const trouble = error instanceof Error ? databaseTrouble(error) : undefined;
  if (trouble) return { problem: 'unavailable', message: `host ${hostId}: ${trouble}` };
  return { problem: 'internal', message: `host ${hostId}: an error of Gantry's own: see the log of the worker` };
}
