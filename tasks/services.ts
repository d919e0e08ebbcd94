import type { Client } from '@temporalio/client';
import { Alarms } from '../base/alarms';
import type { Log } from '../base/log';
import { installationName } from '../db/access';
import { connect, type Db, type PoolOptions } from '../db/connection';
import { requireOwnSchema } from '../db/migrate';
import { WakeUps } from '../db/wake-ups';
import { connectClient, type TemporalConfig } from '../temporal/connection';
import type { Installation } from '../temporal/names';
import { Pipelines } from '../temporal/pipelines';
import { Probes } from '../temporal/probes';
import { Schedules } from '../temporal/schedules';

/** What there is to work with; each use case asks for what it uses of it. */
export interface Services {
  db: Db;
  pipelines: Pipelines;
  schedules: Schedules;
  probes: Probes;
  log: Log;
  alarms: Alarms;
  /** Of those who wait for news of a task. */
  wakeUps: WakeUps;
  /** Address of the API as clients see it, without a trailing slash. */
  baseUrl: string;
}

/** An installation that this process is connected to. */
export interface Connected {
  services: Services;
  installation: Installation;
  server: TemporalConfig;
  client: Client;
  close(): Promise<void>;
}

/**
 * Connects to the database and the Temporal server of an installation, as every process that works with tasks does. The
 * Temporal server need not be up.
 *
 * @throws Error when the database's schema is not that of this program
 */
export async function connectServices({
  database: { url, ...pool },
  server,
  log,
  baseUrl,
}: Pick<Services, 'log' | 'baseUrl'> & {
  database: PoolOptions & { url: string };
  server: TemporalConfig;
}): Promise<Connected> {
  const db = connect(url, pool);
  const wakeUps = new WakeUps(url);
  try {
    await requireOwnSchema(db);
    const installation = { name: await installationName(db) };
    const client = await connectClient(server);
    const pipelines = new Pipelines(client, installation);
    const schedules = new Schedules(client, installation);
    const probes = new Probes(client, installation);
    return {
      services: { db, pipelines, schedules, probes, log, alarms: new Alarms(log), wakeUps, baseUrl },
      installation,
      server,
      client,
      async close() {
        await client.connection.close();
        await wakeUps.close();
        await db.destroy();
      },
    };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}
