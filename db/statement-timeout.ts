import type { Client, PoolClient } from 'pg';

/** After the server should have given up a statement, it is given as much time as this to say so. */
const GRACE_MS = 2_000;

/** Of pg's error for a statement that got no answer in time. */
const NO_ANSWER = 'Query read timeout';

/**
 * Settings of a pool whose statements may not take longer: a server that works gives them up itself (`SET`); one that hangs
 * is not waited for (pg's own timer).
 */
export function statementLimits(timeoutMs: number | undefined) {
  if (timeoutMs === undefined) return { set: '', poolConfig: {} };
  return { set: `; set statement_timeout = ${timeoutMs}`, poolConfig: { query_timeout: timeoutMs + GRACE_MS } };
}

/** Ends a connection on which an answer may still come: whoever used it next would wait behind it. */
export function endWhenSilent(client: PoolClient): void {
  const query = client.query.bind(client) as (...call: unknown[]) => unknown;
  function queryOrEnd(...call: unknown[]): unknown {
    const answer = query(...call);
    if (!(answer instanceof Promise)) return answer;
    return answer.catch((error: unknown) => {
      if (error instanceof Error && error.message === NO_ANSWER)
        void (client as unknown as Client).end().catch(() => {});
      throw error;
    });
  }
  client.query = queryOrEnd as typeof client.query;
}
