import { Alarms } from '../base/alarms';
import { installationName } from '../db/access';
import { connect } from '../db/connection';
import { requireOwnSchema } from '../db/migrate';
import { createLauncher } from '../schedules/launch';
import { requireNamespace } from '../tasks/namespace';
import { connectClient } from '../temporal/connection';
import { Pipelines } from '../temporal/pipelines';
import { Schedules } from '../temporal/schedules';
import { installRuntime, startWorker } from '../worker/worker';
import { baseUrlOf, readConfig } from './config';
import { createLog } from './log';
import { reportReady, untilStopped } from './signals';

/** `gantry worker`: runs workflows and activities until it is told to stop; what runs then is given a moment to end. */
export async function runWorker(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog('worker', config.GANTRY_LOG_LEVEL);
  const stopped = untilStopped();
  installRuntime(log);
  const db = connect(config.DATABASE_URL, { maxConnections: 20 });
  const server = { address: config.TEMPORAL_ADDRESS, namespace: config.TEMPORAL_NAMESPACE };
  await requireOwnSchema(db);
  const installation = { name: await installationName(db) };
  const client = await connectClient(server);
  const pipelines = new Pipelines(client, installation);
  const schedules = new Schedules(client, installation);
  const services = { db, pipelines, schedules, log, alarms: new Alarms(log), baseUrl: baseUrlOf(config) };
  await requireNamespace(services, server.address);
  const worker = await startWorker({
    ...server,
    installation,
    db,
    launch: createLauncher(services),
    log,
  });
  reportReady();
  await Promise.race([stopped, worker.finished]);
  await worker.stop();
  await client.connection.close();
  await db.destroy();
}
