import { CompiledQuery, Kysely, PostgresDialect, type Transaction } from 'kysely';
import { Pool } from 'pg';
import { keepPlans } from './kept-plans';
import type { Database } from './schema';

export type Db = Kysely<Database>;
/** Queries take either, so that callers decide what is one transaction. */
export type DbOrTransaction = Db | Transaction<Database>;

/** Opens a pool; `destroy()` closes it. Connections that the server drops are made again on the next query. */
export function connect(databaseUrl: string, { maxConnections = 10 } = {}): Db {
  const pool = new Pool({ connectionString: databaseUrl, max: maxConnections, connectionTimeoutMillis: 10_000 });
  // An idle connection that breaks is not an error of anyone's query; without a listener it would end the process.
  pool.on('error', () => {});
  pool.on('connect', keepPlans);
  const dialect = new PostgresDialect({
    pool,
    // Pages and counts of long lists read an index in its order. The server's defaults are for disks that turn, and would
    // have the whole table read instead, and for few queries at a time, with helpers that cost more than they help here.
    onCreateConnection: async (connection) =>
      void (await connection.executeQuery(
        CompiledQuery.raw('set random_page_cost = 1.1; set max_parallel_workers_per_gather = 0'),
      )),
  });
  return new Kysely<Database>({ dialect });
}
