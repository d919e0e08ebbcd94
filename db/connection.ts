import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import { Client, type ClientBase, type ClientConfig, Pool, types } from 'pg';
import { parseJson } from '../base/json';
import { endsConnection } from './errors';
import { keepPlans } from './kept-plans';
import type { Database } from './schema';
import { endWhenSilent, statementLimits } from './statement-timeout';

export type Db = Kysely<Database>;
/** Queries take either, so that callers decide what is one transaction. */
export type DbOrTransaction = Db | Transaction<Database>;

/**
 * A client whose connection may break at any moment. What it is asked then fails, and so does what it is asked later.
 * Without a listener of its own a break between two statements, when nobody waits for an answer, would end the process:
 * a pool listens only to those that nobody has taken.
 */
export class SteadyClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    for (const type of [types.builtins.JSON, types.builtins.JSONB]) this.setTypeParser(type, parseJson);
    this.on('error', () => {});
    // The statement fails some time before the connection is closed: a pool would give it to the next one until then.
    this.connection?.on('errorMessage', ({ code }: { code?: string }) => {
      if (endsConnection(code)) void this.end();
    });
  }
}

export interface PoolOptions {
  maxConnections?: number;
  /** No statement may take longer; without it, as long as it takes. */
  statementTimeoutMs?: number | undefined;
}

/** Opens a pool; `end()` closes it. Connections that the server drops are made again on the next query. */
export function openPool(databaseUrl: string, { maxConnections = 10, statementTimeoutMs }: PoolOptions = {}): Pool {
  const { set, poolConfig } = statementLimits(statementTimeoutMs);
  const pool = new Pool({
    connectionString: databaseUrl,
    max: maxConnections,
    connectionTimeoutMillis: 10_000,
    ...poolConfig,
    Client: SteadyClient,
    // The pool does it, because Kysely never gives back a connection that breaks while Kysely prepares it.
    onConnect: async (client: ClientBase) => void (await client.query(PLANNING + set)),
  });
  // The pool says it again of a connection that breaks while nobody has it.
  pool.on('error', () => {});
  pool.on('connect', endWhenSilent);
  return pool;
}

/** As `openPool`, for Kysely; `destroy()` closes it. */
export function connect(databaseUrl: string, options: PoolOptions = {}): Db {
  const pool = openPool(databaseUrl, options);
  pool.on('connect', keepPlans);
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  pools.set(db, pool);
  return db;
}

const pools = new WeakMap<Db, Pool>();

/** Connections of a database's pool, those of them that nobody uses, and statements that wait for one. */
export function poolUse(db: Db): { open: number; idle: number; waiting: number } {
  const pool = pools.get(db);
  return { open: pool?.totalCount ?? 0, idle: pool?.idleCount ?? 0, waiting: pool?.waitingCount ?? 0 };
}

/**
 * Pages and counts of long lists read an index in its order. The server's defaults are for disks that turn, and would have
 * the whole table read instead, and for few queries at a time, with helpers and machine code that cost more than they help
 * here.
 */
const PLANNING = 'set random_page_cost = 1.1; set max_parallel_workers_per_gather = 0; set jit = off';
