/** SQLSTATEs of a server that starts or stops, and what the network says of one that is gone. */
const AWAY = new Set(['57P01', '57P02', '57P03', '08006', '08001', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/** Whether a query failed because Postgres could not be reached. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && AWAY.has(code)) return true;
  // The pool has no code for these.
  return /^Connection terminated|timeout exceeded when trying to connect/.test(error.message);
}

/** Whether a query failed because of a row that has to be the only one. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === '23505';
}
