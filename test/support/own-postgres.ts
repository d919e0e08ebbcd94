import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SteadyClient } from '../../db/connection';
import { openHome } from '../../stack/home';
import { pickPorts } from '../../stack/ports';
import { embeddedPostgres } from '../../stack/postgres';
import { removeHome } from '../../stack/postgres-user';
import { ProcessTable } from '../../stack/processes';
import { emptyRecord, StackFile } from '../../stack/record';
import { eventually } from './eventually';

const RECOVERY_MS = 50_000;
const ENDED_WITHIN_MS = 20_000;

/** A Postgres of a test's own, to be maltreated. */
export interface OwnPostgres {
  /** Of its database `postgres`, as the superuser. */
  url: string;
  start(): Promise<void>;
  /** Ends it, whoever is connected: `SIGINT` in order, `SIGKILL` at once. */
  stop(signal?: 'SIGINT' | 'SIGKILL'): Promise<void>;
  /** Ends every connection but that of who asks, and waits until they have ended; how many those were. */
  terminateBackends(): Promise<number>;
  /** Waits until some connection is at a statement that begins like this. */
  untilAsked(statement: string): Promise<void>;
  /** Kills the process of one connection; the server then ends all others and recovers. */
  killBackend(): Promise<void>;
  /** Waits until it serves: after a killed backend it recovers first, for as long as its disk needs. */
  untilServes(): Promise<void>;
  /** Stops it and removes its files. */
  remove(): Promise<void>;
}

export async function ownPostgres(): Promise<OwnPostgres> {
  const home = openHome(fs.mkdtempSync(path.join(os.tmpdir(), 'gantry-postgres-')));
  const table = new ProcessTable(home, new StackFile(home.stackFile, emptyRecord()));
  const { postgres: port } = await pickPorts(['postgres'], {});
  // What it has committed is to be there after it was killed.
  const server = await embeddedPostgres(home, table, port, { durability: 'full' });
  const url = server.urlOf('postgres');
  await server.start();

  async function asAdmin<T>(sql: string): Promise<T[]> {
    const admin = new SteadyClient({ connectionString: url });
    try {
      await admin.connect();
      return (await admin.query(sql)).rows as T[];
    } finally {
      await admin.end();
    }
  }
  const others = `from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`;
  const stop = (signal: 'SIGINT' | 'SIGKILL' = 'SIGINT') => table.stop('postgres', [{ signal, waitMs: 10_000 }]);

  return {
    url,
    async start() {
      await server.start();
    },
    stop,
    async terminateBackends() {
      return (await asAdmin(`select pg_terminate_backend(pid, ${ENDED_WITHIN_MS}) ${others}`)).length;
    },
    async untilAsked(statement) {
      const running = `select 1 ${others} and state = 'active' and starts_with(query, '${statement}')`;
      await eventually(`"${statement}" is under way`, async () => (await asAdmin(running)).length > 0);
    },
    async killBackend() {
      const [victim] = await asAdmin<{ pid: number }>(`select pid ${others} limit 1`);
      if (victim) process.kill(victim.pid, 'SIGKILL');
    },
    async untilServes() {
      const patience = { withinMs: RECOVERY_MS, everyMs: 50, despiteErrors: true };
      await eventually('Postgres serves', () => asAdmin('select 1'), patience);
    },
    async remove() {
      await stop();
      removeHome(home);
    },
  };
}
