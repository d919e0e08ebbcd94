import { randomBytes } from 'node:crypto';
import { readOrMakeSecret } from './files';
import type { Home } from './home';
import { say } from './output';
import { pickPorts } from './ports';
import { askDatabase, embeddedPostgres, ensureDatabase, hideSecret, waitForDatabase } from './postgres';
import type { Durability } from './postgres-cluster';
import type { ProcessTable } from './processes';
import type { StackFile } from './record';
import { keepRunning } from './supervise';
import { embeddedTemporal, TEMPORAL_PORTS } from './temporal';
import { findTemporal } from './temporal-binary';
import { configuredRetentionDays, DEFAULT_RETENTION_DAYS, prepareNamespace } from './temporal-namespace';
import { askTemporal, waitForTemporal } from './temporal-ready';

const EXTERNAL_READY_WITHIN_MS = 30_000;
const DATABASE = 'gantry';

/** What a boot works with. */
export interface Boot {
  home: Home;
  table: ProcessTable;
  record: StackFile;
  /** Aborted when the stop begins. */
  signal: AbortSignal;
}

export interface Database {
  /** The database of Gantry. */
  url: string;
  /** The `postgres` database of the same server, for those who create databases (tests). */
  adminUrl: string;
}

export interface Temporal {
  address: string;
  namespace: string;
  /** Base URL of the Temporal Web UI; undefined when an outer server is used and GANTRY_UI_URL does not say. */
  uiUrl: string | undefined;
}

/** The Postgres at DATABASE_URL, or the embedded one, started and kept running. */
export async function bootDatabase(boot: Boot, { durability }: { durability: Durability }): Promise<Database> {
  const external = process.env.DATABASE_URL;
  if (external) {
    await waitForDatabase(external, EXTERNAL_READY_WITHIN_MS);
    boot.table.backends.add('postgres', () => askDatabase(external));
    boot.record.setAddress('database', hideSecret(external));
    say(`Postgres at ${hideSecret(external)} (DATABASE_URL)`);
    return { url: external, adminUrl: external };
  }
  const { postgres: port } = await pickPorts(['postgres'], boot.record.ports);
  boot.record.setPort('postgres', port);
  const server = await embeddedPostgres(boot.home, boot.table, port, { durability });
  const running = await server.start();
  keepRunning(boot.table, running, server.start, { probe: () => askDatabase(server.urlOf('postgres')) });
  await ensureDatabase(server.urlOf('postgres'), DATABASE);
  boot.record.setAddress('database', server.urlOf(DATABASE));
  say(`Postgres on 127.0.0.1:${port}`);
  return { url: server.urlOf(DATABASE), adminUrl: server.urlOf('postgres') };
}

/** The Temporal at TEMPORAL_ADDRESS, or a development server of our own, started, prepared and kept running. */
export async function bootTemporal(boot: Boot, { apiPort }: { apiPort: number }): Promise<Temporal> {
  const namespace = process.env.TEMPORAL_NAMESPACE || 'default';
  const external = process.env.TEMPORAL_ADDRESS;
  if (external) {
    await waitForTemporal(external, namespace);
    // Its retention is its owner's business unless we are told.
    await prepareNamespace(external, namespace, { retentionDays: configuredRetentionDays() });
    boot.table.backends.add('temporal', () => askTemporal(external, namespace));
    boot.record.setAddress('temporal', external);
    say(`Temporal at ${external} (TEMPORAL_ADDRESS)`);
    return { address: external, namespace, uiUrl: process.env.GANTRY_UI_URL };
  }
  const retentionDays = configuredRetentionDays() ?? DEFAULT_RETENTION_DAYS;
  const binary = await findTemporal(boot.table, boot.signal);
  const ports = await pickPorts(TEMPORAL_PORTS, boot.record.ports);
  for (const name of TEMPORAL_PORTS) boot.record.setPort(name, ports[name]);
  const codecEndpoint = `http://127.0.0.1:${apiPort}/codec/${readOrMakeSecret(boot.home.codecTokenFile)}`;
  const server = embeddedTemporal(boot.home, boot.table, { binary, ports, namespace, codecEndpoint });
  const running = await server.start();
  keepRunning(boot.table, running, server.start, { probe: () => askTemporal(server.address, namespace) });
  await prepareNamespace(server.address, namespace, { retentionDays });
  boot.record.setAddress('temporal', server.address);
  boot.record.setAddress('temporalUi', server.uiUrl);
  say(`Temporal on ${server.address}`);
  return { address: server.address, namespace, uiUrl: server.uiUrl };
}

/** A secret for the demo app: 40 hex digits. */
export function makeAppSecret(): string {
  return randomBytes(20).toString('hex');
}
