import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import { Pool } from 'pg';
import type { Database } from './schema';

export type Db = Kysely<Database>;
/** Queries take either, so that callers decide what is one transaction. */
export type DbOrTransaction = Db | Transaction<Database>;

/** Opens a pool; `destroy()` closes it. Connections that the server drops are made again on the next query. */
export function connect(databaseUrl: string, { maxConnections = 10 } = {}): Db {
  const pool = new Pool({ connectionString: databaseUrl, max: maxConnections, connectionTimeoutMillis: 10_000 });
  // An idle connection that breaks is not an error of anyone's query; without a listener it would end the process.
  pool.on('error', () => {});
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}
