import { Client } from 'pg';

/** What a process has used since it began. */
export interface Usage {
  cpuMs: number;
  /** SQL statements sent to Postgres, `begin` and `commit` too. */
  statements: number;
  rssBytes: number;
}

let statements = 0;

/**
 * Preloaded (`node -r`) into the processes that are measured, so that they need not know of it: counts the statements
 * that pass through pg, and answers the message `usage` of the process that started this one.
 */
function install(): void {
  const { query } = Client.prototype;
  Client.prototype.query = function countedQuery(this: Client, ...args: unknown[]) {
    statements += 1;
    return Reflect.apply(query, this, args);
  } as typeof query;
  process.on('message', (message) => {
    if (message !== 'usage') return;
    const { user, system } = process.cpuUsage();
    const usage: Usage = { cpuMs: (user + system) / 1000, statements, rssBytes: process.memoryUsage.rss() };
    process.send?.({ usage });
  });
}

install();
