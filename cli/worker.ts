import { installationName } from '../db/access';
import { connect } from '../db/connection';
import { installRuntime, startWorker } from '../temporal/worker';
import { readConfig } from './config';
import { createLog } from './log';
import { reportReady, untilStopped } from './signals';

/** `gantry worker`: runs workflows and activities until it is told to stop; what runs then is given a moment to end. */
export async function runWorker(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog('worker', config.GANTRY_LOG_LEVEL);
  const stopped = untilStopped();
  installRuntime(log);
  const db = connect(config.DATABASE_URL, { maxConnections: 20 });
  const worker = await startWorker({
    address: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
    installation: { name: await installationName(db) },
    db,
    log,
  });
  reportReady();
  await Promise.race([stopped, worker.finished]);
  await worker.stop();
  await db.destroy();
}
