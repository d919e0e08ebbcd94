import { installationName } from '../db/access';
import { connect } from '../db/connection';
import { migrateToLatest } from '../db/migrate';
import { bootDatabase, bootTemporal } from '../stack/backends';
import { type Home, openHome } from '../stack/home';
import { isAlive } from '../stack/identity';
import { runStack } from '../stack/lifecycle';
import { say } from '../stack/output';
import { pickPorts } from '../stack/ports';
import { readRecord } from '../stack/record';
import { type Adoption, adoptNamespace } from '../tasks/adopt-namespace';
import { connectClient, type TemporalConfig } from '../temporal/connection';
import { Pipelines } from '../temporal/pipelines';
import { CLI_ACTOR } from './administration';

/**
 * `gantry adopt-namespace [--lost]`: takes the namespace of TEMPORAL_NAMESPACE for the installation of DATABASE_URL, or of
 * the stack on GANTRY_HOME, whose servers are started for it when they do not run.
 */
export async function adopt(args: string[]): Promise<number> {
  const unknown = args.filter((arg) => arg !== '--lost');
  if (unknown.length > 0) throw new Error(`gantry adopt-namespace does not know ${unknown.join(' ')}`);
  const lost = args.includes('--lost');
  const namespace = process.env.TEMPORAL_NAMESPACE || 'default';
  const home = openHome();
  const { addresses, processes } = readRecord(home.stackFile);
  const running = processes.supervisor && isAlive(processes.supervisor) ? addresses : {};
  const url = process.env.DATABASE_URL || running.database;
  const address = process.env.TEMPORAL_ADDRESS || running.temporal;
  if (url && address) await adoptOn(url, { address, namespace }, lost);
  else return adoptAtRest(home, lost);
  return 0;
}

/** With the servers of a home whose stack does not run: it may be what refuses to start. */
function adoptAtRest(home: Home, lost: boolean): Promise<number> {
  return runStack(home, async (boot) => {
    const { api: apiPort } = await pickPorts(['api'], {});
    const [database, temporal] = await Promise.all([
      bootDatabase(boot, { durability: 'full' }),
      bootTemporal(boot, { apiPort }),
    ]);
    await migrateToLatest(database.url);
    await adoptOn(database.url, temporal, lost);
    return 0;
  });
}

async function adoptOn(databaseUrl: string, server: TemporalConfig, lost: boolean): Promise<void> {
  const db = connect(databaseUrl, { maxConnections: 2 });
  const client = await connectClient(server);
  try {
    const pipelines = new Pipelines(client, { name: await installationName(db) });
    const adoption = await adoptNamespace({ db, pipelines }, { lost, actor: CLI_ACTOR });
    say(`namespace ${server.namespace} at ${server.address} is this installation's: ${wordsFor(adoption)}`);
  } finally {
    await client.connection.close();
    await db.destroy();
  }
}

function wordsFor({ found, missing, closed }: Adoption): string {
  const left = missing - closed;
  return [
    `${found} of its tasks were found there`,
    ...(closed > 0 ? [`${closed} were not, and are ended`] : []),
    ...(left > 0 ? [`${left} were not: with --lost they are ended`] : []),
  ].join(', ');
}
