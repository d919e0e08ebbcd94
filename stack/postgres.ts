import { setTimeout as sleep } from 'node:timers/promises';
import { SteadyClient } from '../db/connection';
import { tailOf } from './files';
import type { Home } from './home';
import { endServers } from './leftovers';
import { messageOf } from './output';
import { type Cluster, type Durability, ensureCluster } from './postgres-cluster';
import { removeStalePidFile } from './postmaster';
import type { Managed, ProcessTable, StopStep } from './processes';

const READY_WITHIN_MS = 60_000;
const POLL_MS = 50;
/** Backends of a killed postmaster need a moment to notice; a new one refuses to start until they are gone. */
const START_TRIES = 8;
const RETRY_MS = 500;

/** Fast shutdown, then immediate shutdown (crash recovery at the next start), then the table's SIGKILL. */
export const POSTGRES_STOP: readonly StopStep[] = [
  { signal: 'SIGINT', waitMs: 2_500 },
  { signal: 'SIGQUIT', waitMs: 1_000 },
];

/** An embedded Postgres that can be started, and started again after a crash, on the same port and data. */
export interface EmbeddedPostgres {
  /** Starts it and waits until it answers. */
  start(): Promise<Managed>;
  /** The URL of a database in it, with the superuser's password. */
  urlOf(database: string): string;
}

/** Prepares the home's cluster; `start` then serves it on 127.0.0.1 at the port. */
export async function embeddedPostgres(
  home: Home,
  table: ProcessTable,
  port: number,
  { durability = 'full', name = 'postgres' }: { durability?: Durability; name?: string } = {},
): Promise<EmbeddedPostgres> {
  const cluster = await ensureCluster(home, table, durability);
  const urlOf = (database: string) =>
    `postgres://postgres:${encodeURIComponent(cluster.password)}@127.0.0.1:${port}/${database}`;

  async function start(): Promise<Managed> {
    for (let tried = 1; ; tried++) {
      await endServers(home, 'postgres');
      removeStalePidFile(cluster.dataFolder);
      const managed = await table.start(name, cluster.binary, argumentsFor(cluster, port, durability), {
        user: cluster.user,
        cwd: '/',
      });
      const ready = waitForDatabase(urlOf('postgres'), READY_WITHIN_MS, managed.exited);
      ready.catch(() => {}); // Lost the race: the exit below says more.
      const outcome = await Promise.race([ready, managed.exited]).catch(async (error: unknown) => {
        await table.stop(name, POSTGRES_STOP);
        throw error;
      });
      if (outcome === 'ready') return managed;
      if (tried >= START_TRIES || table.closed) {
        throw new Error(`Postgres did not start; its log ends: ${tailOf(managed.logFile)}`);
      }
      await sleep(RETRY_MS);
    }
  }
  return { start, urlOf };
}

function argumentsFor(cluster: Cluster, port: number, durability: Durability): string[] {
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    // No socket in /tmp: two stacks, or another user's Postgres, would meet there.
    'unix_socket_directories=',
    'max_connections=200',
    ...(durability === 'full' ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ];
  return ['-D', cluster.dataFolder, ...settings.flatMap((setting) => ['-c', setting])];
}

/**
 * Waits until a database takes queries (a server that recovers from a crash takes connections before that).
 *
 * @param given up early when this is fulfilled, e.g. the server's end
 * @throws Error with the last reason after `withinMs`
 */
export async function waitForDatabase(url: string, withinMs: number, given?: Promise<unknown>): Promise<'ready'> {
  const deadlineMs = Date.now() + withinMs;
  let over = false;
  void given?.then(() => {
    over = true;
  });
  for (;;) {
    try {
      await askDatabase(url);
      return 'ready';
    } catch (error) {
      if (over || Date.now() > deadlineMs) {
        throw new Error(`Postgres at ${hideSecret(url)} does not answer: ${messageOf(error)}`, { cause: error });
      }
      await sleep(POLL_MS);
    }
  }
}

/** Fulfilled when a database takes queries now. */
export async function askDatabase(url: string): Promise<void> {
  await withClient(url, (client) => client.query('select 1'));
}

/** Creates a database of an embedded server when it is not there yet. */
export async function ensureDatabase(adminUrl: string, name: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  });
}

/** A database URL without its password, for messages. */
export function hideSecret(url: string): string {
  try {
    const parsed = new URL(url);
    if (parsed.password) parsed.password = '***';
    return parsed.toString();
  } catch {
    return 'DATABASE_URL';
  }
}

async function withClient<T>(url: string, work: (client: SteadyClient) => Promise<T>): Promise<T> {
  const client = new SteadyClient({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}
