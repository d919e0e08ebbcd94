import { isNativeError } from 'node:util/types';

/** SQLSTATEs of a connection that fails or is ended, and of a server that starts or stops. */
const BROKEN = /^(08...|57P0[1235]|25P0[34])$/;
/** What the network says of a server that is gone. */
const AWAY = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT'],
  ...['EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'ENOTFOUND', 'EAI_AGAIN'],
]);
/** What pg says of connections that are broken; it has no codes for these. */
const BROKEN_TEXT =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client (was closed|has encountered a connection error) and is not queryable)/;
/** SQLSTATEs of one that cannot do it now: a disk that is full, memory or connections that are used up, a disk's errors. */
const OVERTAXED = /^(53...|58030)$/;
/** SQLSTATE of a statement that took longer than it may. */
const TOO_LONG = '57014';

/**
 * Whether a query failed because Postgres could not be reached, or because it has no room: the same may work in a moment.
 *
 * @returns what is the matter with it, for people; undefined when the query failed for another reason
 */
export function databaseTrouble(error: unknown): string | undefined {
  // Errors of Node itself are of another realm under Jest: `instanceof` does not know them.
  if (!isNativeError(error)) return undefined;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && OVERTAXED.test(code)) return 'Postgres has no room left';
  if (code === TOO_LONG) return 'Postgres takes too long for this';
  if (lostAgainstAnother(error)) return 'Postgres is busy with others who want the same';
  const isAway = typeof code === 'string' ? AWAY.has(code) || endsConnection(code) : BROKEN_TEXT.test(error.message);
  return isAway ? 'Postgres cannot be reached' : undefined;
}

/**
 * Classes of SQLSTATEs that say something of the server, of the connection, or of tables that are not (yet) as this
 * program knows them, and nothing of what was to be written.
 */
const NOT_OF_THE_DATA = new Set('08 0A 25 26 28 3D 40 42 53 55 57 58 F0 XX'.split(' '));
/** What the network says, by Node's codes. */
const NETWORK = /^E(?!RR_)[A-Z_]+$/;
/** What the driver and its pool say without a code. */
const DRIVER =
  /^Connection terminated|timeout exceeded when trying to connect|not queryable|read timeout|end on the pool|driver has already been destroyed/;

/**
 * Whether a statement failed for reasons that have nothing to do with what it was to write: the same may work later.
 * Otherwise it will fail again, however often it is sent: a value that cannot be JSON, a row that the server refuses.
 */
export function isDatabasesFault(error: unknown): boolean {
  if (databaseTrouble(error)) return true;
  if (!isNativeError(error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return DRIVER.test(error.message);
  return NETWORK.test(code) || (/^[0-9A-Z]{5}$/.test(code) && NOT_OF_THE_DATA.has(code.slice(0, 2)));
}

/** Whether the server ends the connection with an error of this SQLSTATE. */
export function endsConnection(state: string | undefined): boolean {
  return state !== undefined && BROKEN.test(state);
}

/** Whether a transaction was ended by the server in favour of another one: nothing of it was done. */
export function lostAgainstAnother(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === '40001' || code === '40P01';
}

/** Whether a query failed because of a row that has to be the only one. */
export function isDuplicate(error: unknown): boolean {
  return duplicateKey(error) !== undefined;
}

/** The name of the constraint or index of which there was a row already; undefined when a query failed for another reason. */
export function duplicateKey(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, constraint = '' } = error as { code?: unknown; constraint?: string };
  return code === '23505' ? constraint : undefined;
}
