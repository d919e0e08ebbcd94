import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import { Pool, type PoolClient, type PoolConfig } from 'pg';
import { keepPlans } from './kept-plans';
import type { Database } from './schema';
import { endWhenSilent, statementLimits } from './statement-timeout';

export type Db = Kysely<Database>;
/** Queries take either, so that callers decide what is one transaction. */
export type DbOrTransaction = Db | Transaction<Database>;

/** What pg knows besides its types: looks at a new connection before anybody gets it, and closes it when that fails. */
interface VerifyingPoolConfig extends PoolConfig {
  verify(client: PoolClient, done: (error?: Error) => void): void;
}

/**
 * Pages and counts of long lists read an index in its order. The server's defaults are for disks that turn, and would have
 * the whole table read instead, and for few queries at a time, with helpers that cost more than they help here.
 */
const PLANNING = 'set random_page_cost = 1.1; set max_parallel_workers_per_gather = 0';

/**
 * Opens a pool; `destroy()` closes it. Connections that the server drops are made again on the next query.
 *
 * @param options `statementTimeoutMs`: no statement may take longer; without it, as long as it takes
 */
export function connect(
  databaseUrl: string,
  { maxConnections = 10, statementTimeoutMs }: { maxConnections?: number; statementTimeoutMs?: number } = {},
): Db {
  const { set, poolConfig } = statementLimits(statementTimeoutMs);
  const config: VerifyingPoolConfig = {
    connectionString: databaseUrl,
    max: maxConnections,
    connectionTimeoutMillis: 10_000,
    ...poolConfig,
    verify: (client, done) => void client.query(PLANNING + set).then(() => done(), done),
  };
  const pool = new Pool(config);
  // An idle connection that breaks is not an error of anyone's query; without a listener it would end the process.
  pool.on('error', () => {});
  pool.on('connect', keepPlans);
  pool.on('connect', endWhenSilent);
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}
