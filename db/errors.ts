import { isNativeError } from 'node:util/types';

/** SQLSTATEs of a server that starts or stops, and what the network says of one that is gone. */
const AWAY = new Set(['57P01', '57P02', '57P03', '08006', '08001', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);
/** SQLSTATEs of one that cannot do it now: a disk that is full, memory or connections that are used up, a disk's errors. */
const OVERTAXED = /^(53...|58030)$/;
/** SQLSTATE of a statement that took longer than it may. */
const TOO_LONG = '57014';
/** What pg and its pool say without a code. */
const AWAY_WITHOUT_CODE =
  /^Connection terminated|timeout exceeded when trying to connect|^Query read timeout|is not queryable$/;

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
  const isAway = AWAY_WITHOUT_CODE.test(error.message);
  return isAway || (typeof code === 'string' && AWAY.has(code)) ? 'Postgres cannot be reached' : undefined;
}

/** Whether a query failed because of a row that has to be the only one. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === '23505';
}
